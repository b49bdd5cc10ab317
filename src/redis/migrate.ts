import { z } from 'zod';
import type { PortProof, Proof } from '../core/request/lease.ts';
import { proofOf } from '../core/request/proof.ts';
import { type Port, portText } from '../core/rule/port.ts';

/** How a proof was kept while it spoke for all ports at once: `through` holds `22: launch-wizard-1`. */
const oldProof = z.looseObject({
  at: z.number(),
  verdict: z.enum(['closed', 'open', 'shared', 'unknown']),
  through: z.array(z.string()).default([]),
  until: z.number().optional(),
  ports: z.undefined().optional(),
});
const port = z.looseObject({ number: z.number(), protocol: z.enum(['tcp', 'udp']) });
const old = z.looseObject({
  ports: z.array(port),
  policy: z.string().optional(),
  policies: z.unknown().optional(),
  proof: z.unknown().optional(),
});

/** A record as it is kept now: of before several policies could be needed, or each port had a proof of its own. */
export function migrated(record: unknown): unknown {
  const read = old.safeParse(record);
  if (!read.success) return record;
  const { policy, policies, proof, ...rest } = read.data;
  const known = oldProof.safeParse(proof);
  return {
    ...rest,
    policies: policies ?? (policy === undefined ? undefined : [policy]),
    ...(proof === undefined ? {} : { proof: known.success ? portByPort(known.data, rest.ports) : proof }),
  };
}

/** No more than the old one said: of a port that it did not name beside an open one, nobody can tell. */
function portByPort({ at, verdict, through, until = at }: z.output<typeof oldProof>, ports: readonly Port[]): Proof {
  const proofs = ports.map((port): PortProof => {
    const prefix = `${portText(port)}: `;
    const said = through.filter((text) => text.startsWith(prefix)).map((text) => text.slice(prefix.length));
    if (verdict === 'shared') return { port, verdict, until };
    if (verdict === 'open' && said.length > 0) return { port, verdict, ways: said.map((name) => ({ through: name })) };
    if (verdict === 'closed' || (verdict === 'unknown' && said.length === 0 && through.length > 0))
      return { port, verdict: 'closed' };
    return { port, verdict: 'unknown', why: said[0] ?? 'it was not read' };
  });
  return proofOf(at, proofs);
}

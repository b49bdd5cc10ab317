import type { Instant } from '../language/instant.ts';
import { type Port, portText, samePort } from '../rule/port.ts';
import { byReach, isLoud, type Way } from '../rule/reach.ts';
import { type Observed, type Placement, placementKey } from '../rule/rule.ts';
import type { PortProof, Proof } from './lease.ts';
import type { Closing } from './request.ts';

/** A proof is kept with its request: so many ways into a port at most, the widest. */
const MOST_WAYS = 20;

type End = (placement: Placement) => Instant | undefined;

/**
 * What a reading after the closing proves for each port of one request. `wanted` gives the end of the leases in force that
 * still need a placement. Undefined while a rule of the request that nobody wants is still seen there: then it is not
 * closed yet.
 */
export function prove(request: Closing, observed: Observed, wanted: End, now: Instant): Proof | undefined {
  const { placements } = request.lease;
  const seen = new Set(observed.ours.map((rule) => placementKey(rule.placement)));
  if (placements.some((placement) => wanted(placement) === undefined && seen.has(placementKey(placement))))
    return undefined;
  const ports = request.ports.map((port) => {
    const ends = placements
      .filter(({ rule }) => samePort(rule.port, port))
      .flatMap((placement) => wanted(placement) ?? []);
    return provePort(port, observed, ends.length > 0 ? { until: Math.max(...ends) } : {});
  });
  return proofOf(now, ports);
}

/** A proof of these ports; of none, nobody can tell. */
export function proofOf(at: Instant, proofs: readonly PortProof[]): Proof {
  const ports = proofs.toSorted((a, b) => rank(a) - rank(b) || a.port.number - b.port.number);
  return { at, verdict: ports[0]?.verdict ?? 'unknown', ports };
}

/**
 * The same where somebody got in all the same: `reached` gives an address by the port. Of what is closed by all that was read
 * nobody can tell then.
 */
export function doubted(proof: Proof, reached: ReadonlyMap<string, string>): Proof {
  const ports = proof.ports.map((one): PortProof => {
    const address = reached.get(portText(one.port));
    if (one.verdict !== 'closed' || address === undefined) return one;
    const why = `a connection from where Drawbridge runs to ${address} succeeded, although nothing that was read lets it in`;
    return { port: one.port, verdict: 'unknown', why };
  });
  return proofOf(proof.at, ports);
}

/** Nothing of it has to be acted on at once: no port that everybody may reach, and none of which nobody can tell. */
export function isQuiet({ ports }: Proof): boolean {
  return ports.length > 0 && ports.every((one) => one.verdict !== 'unknown' && rank(one) > 0);
}

/** The worst first: open to everybody, open to some, cannot tell, needed by another lease, closed. */
function rank(proof: PortProof): number {
  switch (proof.verdict) {
    case 'open':
      return isOpenToMany(proof) ? 0 : 1;
    case 'unknown':
      return 2;
    case 'shared':
      return 3;
    case 'closed':
      return 4;
  }
}

/** Is it open to everybody, or can nobody say that it is not? */
export function isOpenToMany({ ways }: Extract<PortProof, { readonly verdict: 'open' }>): boolean {
  return ways.length === 0 || ways.some(isLoud);
}

function provePort(port: Port, { effective, others }: Observed, shared: { readonly until?: Instant }): PortProof {
  const found = effective.find((one) => samePort(one.port, port));
  if (found?.state === 'closed') {
    const { until } = shared;
    return until === undefined ? { port, verdict: 'closed' } : { port, verdict: 'shared', until };
  }
  if (found?.state !== 'open') return { port, verdict: 'unknown', why: found?.through ?? 'it was not read', ...shared };
  const ways = others.filter((way) => samePort(way.port, port)).map(({ port: _, ...way }): Way => way);
  const { through = 'a rule without a name', source } = found;
  const decisive: Way = { through, ...(source === undefined ? {} : { source }) };
  const isNamed = ways.some((way) => way.through === through && (source === undefined || way.source === source));
  const widest = (isNamed ? ways : [decisive, ...ways]).toSorted(byReach).slice(0, MOST_WAYS);
  return { port, verdict: 'open', ways: widest, ...shared };
}

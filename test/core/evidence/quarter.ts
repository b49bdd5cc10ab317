import type { AuditEntry } from '../../../src/core/audit/entry.ts';
import { recordOf } from '../../../src/core/audit/record.ts';
import { BEGINNING, type ChainEnd, chained } from '../../../src/core/evidence/chain.ts';
import type { Placed } from '../../../src/core/evidence/entry.ts';
import { receiptOf } from '../../../src/core/evidence/receipt.ts';
import type { SinkBatch } from '../../../src/ports/sink.ts';
import { signedHead, signerOf } from './chain.ts';

/** 1 July 2026. */
export const JULY = Date.UTC(2026, 6, 1);
export const OCTOBER = Date.UTC(2026, 9, 1);
const HOUR_MS = 3_600_000;
const BATCH = 500;

const PEOPLE = ['ada', 'sam', 'lin', 'kim'].map((id) => ({ id, name: id === 'ada' ? '=Ada <b>' : id }));
const GRACE = { id: 'grace', name: 'Grace' };

/** A simulated quarter: so many accesses, each with its entries; every hundredth has something to ask about. The record after them shows that it is over. */
export function* quarter(leases: number): Generator<SinkBatch> {
  const stepMs = (OCTOBER - JULY - 8 * HOUR_MS) / leases;
  let records: Placed[] = [];
  let sequence = 0;
  let end: ChainEnd = BEGINNING;
  const signer = signerOf();
  const flush = (): SinkBatch => {
    const links = chained(end, records);
    const from = end;
    const last = links.at(-1);
    if (!last) throw new Error('none');
    end = last;
    records = [];
    return { installation: 'demo', from, links, note: signedHead(last, signer) };
  };
  // Accesses overlap, and the store writes what happens as it does.
  const all = Array.from({ length: leases }, (_, n) =>
    leaseOf(n, Math.floor(JULY + n * stepMs)).map(([at, entry]) => ({ at, entry, n })),
  ).flat();
  const over = { act: 'over', event: 'start', outcome: 'done', by: 'drawbridge', as: 'program' } as const;
  for (const { at, entry, n } of [...all.sort((x, y) => x.at - y.at), { at: OCTOBER + HOUR_MS, entry: over, n: 0 }]) {
    sequence += 1;
    records.push({ epoch: JULY, sequence, at, ...recordOf(entry, () => `salt${n}`) });
    if (records.length >= BATCH) yield flush();
  }
  if (records.length > 0) yield flush();
}

/** What becomes of the n-th, with when. */
function leaseOf(n: number, at: number): readonly (readonly [at: number, entry: AuditEntry])[] {
  const requester = PEOPLE[n % PEOPLE.length] ?? GRACE;
  const request = `q${String(n).padStart(6, '0')}`;
  const until = at + 2 * HOUR_MS;
  const machine = `aws:123456789012:eu-west-1:i-${String(n % 500).padStart(17, '0')}` as const;
  const facts = {
    ...{
      request,
      requester,
      machine,
      machineName: `web-${n % 500}`,
      ports: [{ number: 22, protocol: 'tcp' as const }],
    },
    ...{ source: '203.0.113.7/32', policies: ['production'], policyVersion: '96ef2f8d', outcome: 'done' as const },
  };
  const program = { by: 'drawbridge', as: 'program' } as const;
  const act = (version: number) => ({ act: `${request}-${version}`, version });
  const proof = n % 100 === 7 ? ['22 open'] : ['22 closed'];
  const receipt = receiptOf(signerOf(), {
    installation: 'demo',
    request,
    version: 5,
    machine,
    proof,
    at: until,
    cloudAt: until,
  });
  const isGlass = n % 100 === 13;
  const asked = { ...facts, ...act(1), by: { person: requester, chat: 'slack' as const }, as: 'requester' as const };
  const decided = {
    ...facts,
    ...act(2),
    by: { person: GRACE, chat: 'teams' as const },
    as: 'approver' as const,
    until,
    decision: 'ko25PaCSY0qrF-rv',
  };
  return [
    ...(n % 100 === 50
      ? []
      : [[at, { ...asked, event: isGlass ? 'broke glass' : 'asked', until, words: `deploy ${n}` }] as const]),
    ...(isGlass ? [] : [[at + 60_000, { ...decided, event: 'approved' }] as const]),
    [at + 62_000, { ...facts, ...act(3), ...program, event: 'opened', until }],
    [until, { ...facts, ...act(4), ...program, event: 'elapsed', until }],
    ...(n % 100 === 99
      ? []
      : [[until + 3_000, { ...facts, ...act(5), ...program, event: 'closed', until, proof, receipt }] as const]),
  ];
}

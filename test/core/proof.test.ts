import { describe, expect, it } from 'vitest';
import type { PortProof } from '../../src/core/request/lease.ts';
import { isQuiet, proofOf, prove } from '../../src/core/request/proof.ts';
import type { Closing } from '../../src/core/request/request.ts';
import type { Way } from '../../src/core/rule/reach.ts';
import {
  type EffectivePort,
  type MarkedRule,
  type Observed,
  type Placement,
  placementKey,
} from '../../src/core/rule/rule.ts';
import { placementOf } from '../conformance/fixtures.ts';
import { inStatus, provenClosed, RDP, SSH, T0 } from './samples.ts';

const NOW = T0 + 7_200_000;
const one = inStatus('closing');
const [placement = placementOf(one)] = one.lease.placements;
const rdpPlacement: Placement = { ...placement, rule: { ...placement.rule, port: RDP } };
const two: Closing = {
  ...one,
  ports: [SSH, RDP],
  lease: { ...one.lease, placements: [placement, rdpPlacement] },
};

const port = (which: typeof SSH, state: EffectivePort['state'], through?: string): EffectivePort => ({
  port: which,
  state,
  ...(through === undefined ? {} : { through }),
});
const read = (effective: readonly EffectivePort[], ...ours: readonly MarkedRule[]): Observed => ({
  ours,
  others: [],
  effective,
});
const nobody = () => undefined;
const wants = (which: Placement, until: number) => (asked: Placement) =>
  placementKey(asked) === placementKey(which) ? until : undefined;
const there = (which: Placement, mark: MarkedRule['mark'] = 'valid'): MarkedRule => ({
  placement: which,
  mark,
  until: T0,
});

describe('the proof', () => {
  it('is “closed” when ours is gone and nothing else opens a port', () => {
    expect(prove(one, read([port(SSH, 'closed')]), nobody, NOW)).toEqual(provenClosed(NOW));
    expect(prove(two, read([port(SSH, 'closed'), port(RDP, 'closed')]), nobody, NOW)).toEqual(
      provenClosed(NOW, SSH, RDP),
    );
  });

  it('is “closed” for a lease that was never placed', () => {
    const unplaced = { ...one, lease: { from: T0, until: NOW, placements: [] } };
    expect(prove(unplaced, read([port(SSH, 'closed')]), nobody, NOW)?.verdict).toBe('closed');
  });

  it.each(['valid', 'missing', 'wrong'] as const)('is none while a rule of ours is seen there, its mark %s', (mark) => {
    expect(prove(one, read([port(SSH, 'closed')], there(placement, mark)), nobody, NOW)).toBeUndefined();
    expect(prove(two, read([], there(rdpPlacement, mark)), wants(placement, T0), NOW)).toBeUndefined();
  });

  it('is not disturbed by rules of other leases', () => {
    const other = { ...placement, rule: { ...placement.rule, source: '203.0.113.8/32' } };
    expect(prove(one, read([port(SSH, 'closed')], there(other)), nobody, NOW)?.verdict).toBe('closed');
  });

  it('is “open” when something else opens a port, and says who gets in through what, the widest first', () => {
    const office = { port: SSH, source: '198.51.100.0/24', through: 'office' };
    const world = { port: SSH, source: '0.0.0.0/0', through: 'launch-wizard-1' };
    const seen = { ...read([port(SSH, 'open', 'office')]), others: [office, world, { ...world, port: RDP }] };
    const { port: _, ...everybody } = world;
    const ways = [everybody, { source: '198.51.100.0/24', through: 'office' }];
    expect(prove(one, seen, nobody, NOW)).toEqual(proofOf(NOW, [{ port: SSH, verdict: 'open', ways }]));
  });

  it.each<[string, EffectivePort, readonly Way[]]>([
    ['with its source', { ...port(SSH, 'open', 'x'), source: 'Internet' }, [{ source: 'Internet', through: 'x' }]],
    ['without one', port(SSH, 'open', 'x'), [{ through: 'x' }]],
    ['without a name', port(SSH, 'open'), [{ through: 'a rule without a name' }]],
  ])('names the rule in effect where no other rule has its name, %s', (_, effective, ways) => {
    expect(prove(one, read([effective]), nobody, NOW)?.ports).toEqual([{ port: SSH, verdict: 'open', ways }]);
  });

  it('names the rule in effect once, also where others bear its name for other sources', () => {
    const through = { port: SSH, through: 'x' };
    const effective = { ...port(SSH, 'open', 'x'), source: 'Internet' };
    const named = { ...read([effective]), others: [{ ...through, source: 'Internet' }] };
    expect(prove(one, named, nobody, NOW)?.ports).toMatchObject([{ ways: [{ source: 'Internet', through: 'x' }] }]);
    const another = { ...read([effective]), others: [{ ...through, source: '198.51.100.0/24' }] };
    const [proof] = prove(one, another, nobody, NOW)?.ports ?? [];
    expect(proof).toMatchObject({ ways: [{ source: 'Internet' }, { source: '198.51.100.0/24' }] });
  });

  it('keeps the widest ways in, and not every one of hundreds', () => {
    const others = Array.from({ length: 300 }, (_, i) => ({
      port: SSH,
      source: `10.0.${i % 256}.0/24`,
      through: `r${i}`,
    }));
    const world = { port: SSH, source: '*', through: 'all' };
    const proof = prove(one, { ...read([port(SSH, 'open', 'r0')]), others: [...others, world] }, nobody, NOW);
    const [first] = proof?.ports ?? [];
    expect(first?.verdict === 'open' && [first.ways.length, first.ways[0]]).toEqual([
      20,
      { source: '*', through: 'all' },
    ]);
  });

  it('does not look at ports that were not asked for', () => {
    expect(prove(one, read([port(SSH, 'closed'), port(RDP, 'open', 'x')]), nobody, NOW)?.verdict).toBe('closed');
    const udp = { number: 22, protocol: 'udp' as const };
    expect(prove(one, read([port(SSH, 'closed'), port(udp, 'open', 'x')]), nobody, NOW)?.verdict).toBe('closed');
  });

  it('is “unknown” when the effective rules cannot be read, and says why', () => {
    expect(prove(one, read([port(SSH, 'unknown', 'web-1 is stopped')]), nobody, NOW)?.ports).toEqual([
      { port: SSH, verdict: 'unknown', why: 'web-1 is stopped' },
    ]);
  });

  it('is “unknown” for a port that nothing was read of', () => {
    expect(prove(two, read([port(SSH, 'closed')]), nobody, NOW)).toEqual(
      proofOf(NOW, [
        { port: SSH, verdict: 'closed' },
        { port: RDP, verdict: 'unknown', why: 'it was not read' },
      ]),
    );
    expect(prove(one, read([]), nobody, NOW)?.verdict).toBe('unknown');
  });

  it('is “shared” while another lease needs the rule, until the latest end', () => {
    const closed = read([port(SSH, 'closed'), port(RDP, 'closed')], there(placement), there(rdpPlacement));
    expect(prove(one, closed, wants(placement, NOW + 1), NOW)).toEqual(
      proofOf(NOW, [{ port: SSH, verdict: 'shared', until: NOW + 1 }]),
    );
    const both = (asked: Placement) => (placementKey(asked) === placementKey(placement) ? NOW + 1 : NOW + 2);
    expect(prove(two, closed, both, NOW)?.ports).toEqual([
      { port: SSH, verdict: 'shared', until: NOW + 1 },
      { port: RDP, verdict: 'shared', until: NOW + 2 },
    ]);
  });

  it('is “shared” until the last of those who use one port is over', () => {
    const far: Placement = { ...placement, rule: { ...placement.rule, source: '2001:db8::/64' } };
    const seen = read([port(SSH, 'closed')], there(placement), there(far));
    const both = (asked: Placement) => (placementKey(asked) === placementKey(far) ? NOW + 9 : NOW + 1);
    const wide: Closing = { ...one, lease: { ...one.lease, placements: [placement, far] } };
    expect(prove(wide, seen, both, NOW)?.ports).toEqual([{ port: SSH, verdict: 'shared', until: NOW + 9 }]);
  });

  it('is “shared” for the port that another lease needs alone', () => {
    const seen = read([port(SSH, 'closed'), port(RDP, 'closed')], there(placement));
    expect(prove(two, seen, wants(placement, NOW + 1), NOW)).toEqual(
      proofOf(NOW, [
        { port: RDP, verdict: 'closed' },
        { port: SSH, verdict: 'shared', until: NOW + 1 },
      ]),
    );
  });

  it('does not hide behind a shared port that another one is open to everybody, or that nobody can tell', () => {
    const world = { port: RDP, source: '0.0.0.0/0', through: 'allow-all' };
    const seen = { ...read([port(SSH, 'closed'), port(RDP, 'open', 'allow-all')], there(placement)), others: [world] };
    const proof = prove(two, seen, wants(placement, NOW + 1), NOW);
    expect(proof?.verdict).toBe('open');
    expect(proof?.ports.map(({ port: { number }, verdict }) => [number, verdict])).toEqual([
      [3389, 'open'],
      [22, 'shared'],
    ]);
    const stopped = read([port(SSH, 'unknown', 'stopped')], there(placement));
    expect(prove(one, stopped, wants(placement, NOW + 1), NOW)?.ports).toEqual([
      { port: SSH, verdict: 'unknown', why: 'stopped', until: NOW + 1 },
    ]);
  });
});

const ways = (...sources: readonly string[]) => sources.map((source) => ({ source, through: 'x' }));
const PROOFS: readonly [PortProof, boolean][] = [
  [{ port: SSH, verdict: 'open', ways: ways('sg-0a1b', '0.0.0.0/0') }, false],
  [{ port: SSH, verdict: 'open', ways: [] }, false],
  [{ port: SSH, verdict: 'open', ways: ways('sg-0a1b', '10.0.0.0/8') }, true],
  [{ port: SSH, verdict: 'unknown', why: 'stopped' }, false],
  [{ port: SSH, verdict: 'shared', until: NOW }, true],
  [{ port: SSH, verdict: 'closed' }, true],
];

describe('the worst of a proof', () => {
  it.each(PROOFS.flatMap(([worse], i) => PROOFS.slice(i + 1).map(([better]) => ({ worse, better }))))(
    'comes first: $worse before $better',
    ({ worse, better }) => {
      const proof = proofOf(NOW, [better, { ...worse, port: RDP }]);
      const isFirst = proof.ports[0]?.port === RDP;
      // Two that are alike in their loudness are told by number.
      expect(isFirst || (worse.verdict === 'open' && better.verdict === 'open' && better.ways.length === 0)).toBe(true);
      expect(proof.verdict).toBe(worse.verdict);
    },
  );

  it.each(PROOFS)('is quiet, or has to be acted on: %j %s', (proof, quiet) => {
    expect(isQuiet(proofOf(NOW, [proof]))).toBe(quiet);
    expect(isQuiet(proofOf(NOW, [{ port: RDP, verdict: 'closed' }, proof]))).toBe(quiet);
  });

  it('is that nobody can tell, when nothing was looked at', () => {
    expect(proofOf(NOW, [])).toEqual({ at: NOW, verdict: 'unknown', ports: [] });
    expect(isQuiet(proofOf(NOW, []))).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { prove } from '../../src/core/request/proof.ts';
import type { Closing } from '../../src/core/request/request.ts';
import {
  type EffectivePort,
  type MarkedRule,
  type Observed,
  type Placement,
  placementKey,
} from '../../src/core/rule/rule.ts';
import { placementOf } from '../conformance/fixtures.ts';
import { inStatus, RDP, SSH, T0 } from './samples.ts';

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
    expect(prove(one, read([port(SSH, 'closed')]), nobody, NOW)).toEqual({ at: NOW, verdict: 'closed' });
    expect(prove(two, read([port(SSH, 'closed'), port(RDP, 'closed')]), nobody, NOW)).toEqual({
      at: NOW,
      verdict: 'closed',
    });
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

  it('is “open” when something else opens a port, and names it', () => {
    const effective = [port(SSH, 'open', '0.0.0.0/0 through launch-wizard-1'), port(RDP, 'unknown', 'stopped')];
    expect(prove(two, read(effective), nobody, NOW)).toEqual({
      at: NOW,
      verdict: 'open',
      through: ['22: 0.0.0.0/0 through launch-wizard-1'],
    });
    expect(prove(one, read([port(SSH, 'open')]), nobody, NOW)?.through).toEqual(['22: unnamed rule']);
  });

  it('does not look at ports that were not asked for', () => {
    expect(prove(one, read([port(SSH, 'closed'), port(RDP, 'open', 'x')]), nobody, NOW)?.verdict).toBe('closed');
    const udp = { number: 22, protocol: 'udp' as const };
    expect(prove(one, read([port(SSH, 'closed'), port(udp, 'open', 'x')]), nobody, NOW)?.verdict).toBe('closed');
  });

  it('is “unknown” when the effective rules cannot be read, and says why', () => {
    expect(prove(one, read([port(SSH, 'unknown', 'web-1 is stopped')]), nobody, NOW)).toEqual({
      at: NOW,
      verdict: 'unknown',
      through: ['22: web-1 is stopped'],
    });
  });

  it('is “unknown” for a port that nothing was read of', () => {
    expect(prove(two, read([port(SSH, 'closed')]), nobody, NOW)).toEqual({
      at: NOW,
      verdict: 'unknown',
      through: ['3389: not read'],
    });
    expect(prove(one, read([]), nobody, NOW)?.verdict).toBe('unknown');
  });

  it('is “shared” while another lease needs the rule, until the latest end', () => {
    const seen = read([port(SSH, 'open', 'x')], there(placement));
    expect(prove(one, seen, wants(placement, NOW + 1), NOW)).toEqual({ at: NOW, verdict: 'shared', until: NOW + 1 });
    const both = (asked: Placement) => (placementKey(asked) === placementKey(placement) ? NOW + 1 : NOW + 2);
    expect(prove(two, read([], there(placement), there(rdpPlacement)), both, NOW)?.until).toBe(NOW + 2);
  });

  it('is “shared” when another lease needs a part of it and the rest is gone', () => {
    expect(prove(two, read([], there(placement)), wants(placement, NOW + 1), NOW)?.verdict).toBe('shared');
  });
});

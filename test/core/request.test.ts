import { describe, expect, it } from 'vitest';
import { type Place, placeKey, uniquePlaces } from '../../src/core/people/place.ts';
import { indexesOf } from '../../src/core/request/record.ts';
import { requestId } from '../../src/core/request/request.ts';
import { placementKey } from '../../src/core/rule/rule.ts';
import { machine, placementOf } from '../conformance/fixtures.ts';
import { inStatus, T0 } from './samples.ts';

describe('a request’s id', () => {
  it('is seven signs without look-alikes', () => {
    expect(requestId(new Uint8Array([0, 1, 7, 8, 30, 31, 255]))).toBe('239az29');
    const used = new Set(Array.from({ length: 256 }, (_, i) => requestId(new Uint8Array(7).fill(i))[0]));
    expect([...used].sort().join('')).toBe('23456789abcdefghjkmnpqrstuvwxyz');
  });

  it('takes no more than seven of the random bytes', () => {
    expect(requestId(new Uint8Array(16))).toHaveLength(7);
  });
});

describe('what a store keeps beside a request', () => {
  it('is who asked, for which machine, and when to look', () => {
    const pending = inStatus('pending');
    expect(indexesOf(pending)).toEqual({
      machine: machine(1),
      requester: 'ada',
      askedAt: T0,
      lookAt: pending.answerBy,
      isWaiting: true,
      isCurrent: true,
      isTicketed: false,
      isUseWatched: false,
      isHeldBack: false,
      asked: ['grace'],
      policies: ['engineers'],
      machineName: 'web-1',
      locks: [],
      placed: [],
      placedUntil: T0 + 48 * 3_600_000,
      sameness: JSON.stringify(['ada', machine(1), ['22'], '203.0.113.7/32']),
    });
  });

  it('is where its rules are, for two days after their end', () => {
    const active = inStatus('active');
    expect(indexesOf(active)).toMatchObject({
      placed: [placementKey(placementOf(active))],
      placedUntil: T0 + 60_000 + 3_600_000 + 48 * 3_600_000,
    });
  });

  it('has no time to look once nothing is left to do', () => {
    for (const status of ['denied', 'withdrawn', 'expired', 'ended'] as const)
      expect(indexesOf(inStatus(status))).not.toHaveProperty('lookAt');
  });
});

describe('a place', () => {
  const channel: Place = { chat: 'slack', kind: 'channel', id: 'C1' };

  it('has one key', () => {
    expect(placeKey(channel)).toBe('slack:channel:C1');
  });

  it('is told once, in the order given', () => {
    const others: Place[] = [
      { ...channel, id: 'C2' },
      { ...channel, kind: 'private' },
      { ...channel, chat: 'teams' },
    ];
    expect(uniquePlaces([channel, ...others, { ...channel }])).toEqual([channel, ...others]);
  });
});

describe('a placement', () => {
  it('has one key, whatever is known of it since', () => {
    const placement = placementOf(inStatus('active'));
    expect(placementKey({ ...placement, id: 'sgr-1', locks: [], detail: { x: 'y' } })).toBe(placementKey(placement));
    expect(placementKey(placement)).toBe(
      `securityGroup|123456789012:eu-west-1:sg-0a1b2c3d4e5f60718|${machine(1)}|tcp|22|203.0.113.7/32`,
    );
  });

  it('has another key for each other spot', () => {
    const placement = placementOf(inStatus('active'));
    const { rule } = placement;
    const keys = [
      placement,
      { ...placement, backend: 'defender' },
      { ...placement, at: 'sg-2' },
      { ...placement, rule: { ...rule, machine: machine(2) } },
      { ...placement, rule: { ...rule, port: { number: 23, protocol: 'tcp' as const } } },
      { ...placement, rule: { ...rule, port: { number: 22, protocol: 'udp' as const } } },
      { ...placement, rule: { ...rule, source: '203.0.113.8/32' } },
    ].map(placementKey);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

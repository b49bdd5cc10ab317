import type { EventData } from '@azure/arm-monitor';
import { describe, expect, it } from 'vitest';
import { byOf, foldWrites } from '../../../adapters/azure/activity-record.ts';
import { writeLogConformance } from '../../conformance/write-log.ts';
import { azureHarness } from './harness.ts';
import { nsgHarness } from './nsg-harness.ts';

for (const [name, start] of [
  ['Azure with Defender', azureHarness],
  ['Azure with rules of its own', nsgHarness],
] as const)
  writeLogConformance(name, async () => {
    const cloud = await start();
    const { sim } = cloud;
    let port = 1_000;
    return {
      cloud,
      foreignWrite() {
        port += 1;
        sim.human.addRule('web-1-nsg', { name: `by-hand-${port}`, priority: port, ports: String(port), source: '*' });
      },
      elsewhere: () => sim.human.addRule('jump-1-nsg', { name: 'late', priority: 310, source: '*', ports: '443' }),
      reattach: () => sim.human.setNicNsg('web-1-nic', 'subnet-db-nsg'),
      lag(ms) {
        sim.activity.behaviour.lagMs = ms;
      },
      deny: () => sim.faults.add('ActivityLogs_List', { kind: 'error', status: 403, code: 'AuthorizationFailed' }, 100),
      throttle: () => sim.faults.add('ActivityLogs_List', { kind: 'throttle' }, 2),
      address: '203.0.113.77',
    };
  });

const GROUP = '/subscriptions/s/resourceGroups/rg-prod/providers/Microsoft.Network/networkSecurityGroups/web-1-nsg';
const OURS = 'c11e0000-0000-4000-8000-00000000da7a';
const record = (more: Partial<EventData> & { readonly word?: string }): EventData => ({
  eventDataId: 'd-1',
  operationId: 'o-1',
  caller: 'cleo@contoso.example',
  operationName: { value: 'Microsoft.Network/networkSecurityGroups/securityRules/write' },
  resourceId: `${GROUP}/securityRules/by-hand`,
  eventTimestamp: new Date(1_000),
  status: { value: more.word ?? 'Started' },
  ...more,
});
const fold = (...records: readonly EventData[]) => foldWrites(records, (one) => byOf(one, OURS));

describe('records of the activity log', () => {
  it.each([
    ['its three records', ['Started', 'Accepted', 'Succeeded'], 1],
    ['the words of the export', ['Start', 'Accept', 'Success'], 1],
    ['only its beginning: it may have succeeded', ['Started'], 1],
    ['a finished one that is only accepted', ['Started', 'Accepted'], 1],
    ['one that failed', ['Started', 'Failed'], 0],
    ['one that failed, in the words of the export', ['Start', 'Failure'], 0],
  ])('are one write: %s', (_, words, count) => {
    expect(fold(...words.map((word) => record({ word })))).toHaveLength(count);
  });

  it('are two writes where two operations share everything that a caller can choose', () => {
    const same = { correlationId: 'chosen' };
    expect(fold(record(same), record({ ...same, operationId: 'o-2' }))).toHaveLength(2);
    // Where none is told, every record is one.
    expect(fold(record({ operationId: '' }), record({ operationId: '', eventDataId: 'd-2' }))).toHaveLength(2);
  });

  it('are no writes to what lets in: reads, tags, or what has no time or no resource', () => {
    const other = { value: 'Microsoft.Network/publicIPAddresses/write' };
    expect(fold(record({ operationName: other }), record({ resourceId: '' }))).toEqual([]);
    const { eventTimestamp: _, ...timeless } = record({});
    expect(fold(timeless)).toEqual([]);
  });

  it('may be in capitals', () => {
    const { operationName, resourceId } = record({});
    const loud = {
      operationName: { value: operationName?.value?.toUpperCase() ?? '' },
      resourceId: resourceId?.toUpperCase() ?? '',
    };
    expect(fold(record(loud))).toHaveLength(1);
  });

  it.each([
    ['us, by the application of the token', { caller: 'an-object-id', claims: { appid: OURS } }, 'us'],
    ['us, by the name of the caller', { caller: OURS.toUpperCase() }, 'us'],
    ['a person', {}, 'other'],
    ['another application', { caller: 'b', claims: { appid: 'another' } }, 'other'],
    [
      'Defender, by the name of its rule',
      {
        caller: 'defender',
        resourceId: `${GROUP}/securityRules/MicrosoftDefenderForCloud-JITRule_-1_${'A'.repeat(32)}`,
      },
      'product',
    ],
    [
      'a person who gives a rule the name of Defender’s',
      { resourceId: `${GROUP}/securityRules/MicrosoftDefenderForCloud-JITRule_-1_${'A'.repeat(32)}` },
      'other',
    ],
  ] as const)('tell who it was: %s', (_, more, who) => {
    expect(fold(record(more))).toMatchObject([{ by: who }]);
  });
});

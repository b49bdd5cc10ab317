import { afterEach, describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/language/instant.ts';
import { go, never, openOne, placeOne, rule } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness } from './harness.ts';

let aws: AwsHarness;
afterEach(() => aws.stop());

const instance = () => aws.machine.slice(aws.machine.lastIndexOf(':') + 1);
const nic = () => {
  const found = aws.sim.state().interfaces.find(({ instanceId }) => instanceId === instance());
  if (!found) throw new Error('no interface');
  return found;
};
const ours = () => aws.sim.state().groups.filter(({ name }) => name.startsWith('drawbridge-'));

/** What people do to a machine while somebody has access. */
const CHANGES: readonly (readonly [string, () => void])[] = [
  ['is terminated', () => aws.sim.human.terminate(instance())],
  [
    'is stopped and started, and gets another address',
    () => {
      aws.sim.human.stop(instance());
      aws.sim.human.start(instance());
    },
  ],
  ['is stopped', () => aws.sim.human.stop(instance())],
  ['has our groups taken off', () => aws.sim.human.editGroups(nic().id, ['api'])],
  ['gets another group', () => aws.sim.human.editGroups(nic().id, [...nic().groups, 'launch-wizard-1'])],
  ['has its groups replaced by those of others', () => aws.sim.human.editGroups(nic().id, ['launch-wizard-1'])],
  [
    'has our groups deleted',
    () => {
      for (const { id } of ours()) aws.sim.human.deleteGroup(id);
    },
  ],
  ['has its interface taken over by a service', () => aws.sim.human.setManaged(nic().id)],
  [
    'has the tags of our groups changed',
    () => {
      for (const { id } of ours()) aws.sim.human.setTags(id, { Name: 'mine now' });
    },
  ],
  [
    'has the same port opened by hand in our group',
    () => {
      for (const { name } of ours()) aws.sim.human.addRule(name, { port: 3389, source: '203.0.113.7/32' });
    },
  ],
];

describe.each(['dedicated', 'perRequest'] as const)('a lease on a machine (%s)', (strategy) => {
  test.each(CHANGES)('that %s leaves no rule of ours behind', async (_, change) => {
    aws = await awsHarness({ strategy });
    const until = aws.now() + HOUR_MS;
    const ssh = (await openOne(aws, await placeOne(aws), until)).placement;
    const rdp = (await openOne(aws, await placeOne(aws, rule(aws.machine, 3389, '203.0.113.9/32')), until)).placement;
    const others = aws.rulesOfOthers();
    change();
    aws.advance(MINUTE_MS);
    await aws.adapter.observe(aws.machine, [ssh, rdp], never).catch((error) => {
      expect(error).toMatchObject({ name: 'JitError' });
    });
    await aws.adapter.close([ssh, rdp], never, go);
    aws.advance(MINUTE_MS);
    await aws.adapter.close([ssh, rdp], never, go);
    const marked = ours().flatMap(({ rules }) => rules.filter(({ tags }) => tags['drawbridge:mark'] !== undefined));
    expect(marked).toEqual([]);
    // What others wrote where only we write is reported, and closed by whoever keeps the leases.
    const left = await Array.fromAsync(aws.adapter.patrol(never));
    expect(left.filter(({ mark }) => mark === 'valid')).toEqual([]);
    expect(aws.rulesOfOthers()).toBe(others);
  });
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import { DAY_MS } from '../../../src/core/language/instant.ts';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness, PROTECTION } from './harness.ts';
import { groupsOn } from './shared-group.ts';

let aws: AwsHarness;
beforeEach(async () => {
  aws = await awsHarness();
});
afterEach(() => aws.stop());

const instance = (machine: MachineId) => machine.slice(machine.lastIndexOf(':') + 1);
const ourGroup = () => aws.sim.state().groups.find(({ name }) => name.endsWith(instance(aws.machine)));
const unprotect = () => aws.adapter.unprotect(aws.machine, never);
const patrol = async () => {
  for await (const _ of aws.adapter.patrol(never));
};
const deletions = () => aws.sim.log().filter(({ action }) => action === 'DeleteSecurityGroup').length;

test('takes the group off and deletes it', async () => {
  expect((await unprotect()).remains).toBeUndefined();
  expect(ourGroup()).toBeUndefined();
  expect(groupsOn(aws, aws.machine)).toEqual(['api']);
});

test('names the rule of another group that keeps it, and the machine is not protected any more', async () => {
  const rule = aws.sim.human.addRule('api', { port: 5432, source: ourGroup()?.id ?? '' });
  const state = await unprotect();
  expect(state.protection).toBeUndefined();
  const api = aws.sim.state().groups.find(({ name }) => name === 'api');
  expect(state.remains).toEqual([
    `Security group ${ourGroup()?.name} (${ourGroup()?.id}) cannot be deleted yet: it is used by rule ${rule} of security group ${api?.id}. Drawbridge tries again for a day.`,
  ]);
  expect(groupsOn(aws, aws.machine)).toEqual(['api']);
});

test('names a rule that leads out, and an interface of something else', async () => {
  const out = aws.sim.human.addRule('api', { port: 5432, source: ourGroup()?.id ?? '', egress: true });
  aws.sim.human.launchMoreLike(instance(aws.machine), { name: 'api-2', privateIp: '10.1.0.11' });
  const { remains } = await unprotect();
  expect(remains?.[0]).toMatch(new RegExp(`used by api-2 \\(eni-\\w+\\), rule ${out} of security group sg-\\w+\\.`));
});

test('the patrol deletes it when nothing uses it any more', async () => {
  const rule = aws.sim.human.addRule('api', { port: 5432, source: ourGroup()?.id ?? '' });
  await unprotect();
  await patrol();
  expect(ourGroup()).toBeDefined();
  expect(aws.log.lines).toContain('the security group of a protection that ended is still in use');
  aws.sim.human.removeRule(rule);
  await patrol();
  expect(ourGroup()).toBeUndefined();
});

test('after a day nobody tries any more, and it is a leftover that says what uses it', async () => {
  const asUser = await awsHarness({ asUser: true });
  await aws.stop();
  aws = asUser;
  const rule = aws.sim.human.addRule('api', { port: 5432, source: ourGroup()?.id ?? '' });
  await unprotect();
  aws.advance(DAY_MS + 1);
  const before = deletions();
  await patrol();
  expect(deletions()).toBe(before);
  const told = () => aws.adapter.assess(never).then(({ leftovers }) => leftovers?.[0] ?? '');
  expect(await told()).toContain(`cannot be deleted while rule ${rule} of sg-`);
  aws.sim.human.removeRule(rule);
  expect(await told()).toContain('is not attached to any machine and can be deleted.');
});

test('a group that is kept is nothing that somebody took off', async () => {
  aws.sim.human.addRule('api', { port: 5432, source: ourGroup()?.id ?? '' });
  await unprotect();
  const found = await Array.fromAsync(aws.adapter.misplaced(never));
  expect(found).toEqual([]);
});

test('protecting again begins anew, and the patrol leaves that alone', async () => {
  aws.sim.human.addRule('api', { port: 5432, source: ourGroup()?.id ?? '' });
  await unprotect();
  const ports = PROTECTION.ports.slice(0, 1);
  expect((await aws.adapter.protect(aws.machine, { ports }, never)).protection).toEqual({ ports });
  await patrol();
  expect(groupsOn(aws, aws.machine)).toContain(ourGroup()?.name);
});

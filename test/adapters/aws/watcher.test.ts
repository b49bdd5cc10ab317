import { afterEach, describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/language/instant.ts';
import { never, openOne, placeOne } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness } from './harness.ts';

let aws: AwsHarness;
afterEach(() => aws.stop());

const start = async () => {
  aws = await awsHarness({ watching: true });
};
const hear = () => aws.adapter.changed?.(never) ?? Promise.reject(new Error('it is not listening'));
const ourGroup = () => aws.sim.state().groups.find(({ name }) => name.startsWith('drawbridge-'));
const nic = () => aws.sim.state().interfaces.find(({ instanceId }) => aws.machine.endsWith(instanceId));
const instance = () => aws.machine.slice(aws.machine.lastIndexOf(':') + 1);

describe('hearing of changes', () => {
  test('needs a queue', async () => {
    aws = await awsHarness();
    expect(aws.adapter.changed).toBeUndefined();
  });

  test.each<[string, () => void]>([
    ['a rule in our group', () => aws.sim.human.addRule(ourGroup()?.id ?? '', { port: 22, source: '0.0.0.0/0' })],
    ['a rule in another group of the machine', () => aws.sim.human.addRule('api', { port: 22, source: '0.0.0.0/0' })],
    ['the groups of its interface', () => aws.sim.human.editGroups(nic()?.id ?? '', ['api'])],
    ['its state', () => aws.sim.human.stop(instance())],
    ['its end', () => aws.sim.human.terminate(instance())],
  ])('tells the protected machine that it is about: %s', async (_, change) => {
    await start();
    change();
    expect(await hear()).toEqual([aws.machine]);
    expect(aws.sim.queue.length).toBe(0);
  });

  test.each<[string, () => void]>([
    [
      'put on another machine by hand',
      () => {
        const other = aws.sim.state().interfaces.find(({ instanceId }) => aws.exposed.endsWith(instanceId));
        aws.sim.human.editGroups(other?.id ?? '', ['launch-wizard-1', ourGroup()?.id ?? '']);
      },
    ],
    [
      'on a machine that was launched with it',
      () => aws.sim.human.stop(aws.sim.human.launchMoreLike(instance(), { name: 'api-2', privateIp: '10.1.0.11' })),
    ],
  ])('tells of a machine whose group is %s', async (_, change) => {
    await start();
    change();
    expect(await hear()).toEqual([aws.machine]);
  });

  test('waits for news', async () => {
    await start();
    const heard = hear();
    aws.sim.human.addRule('api', { port: 8443, source: '0.0.0.0/0' });
    expect(await heard).toEqual([aws.machine]);
  });

  test('is not about machines that are not protected', async () => {
    await start();
    aws.sim.human.addRule('launch-wizard-1', { port: 3389, source: '0.0.0.0/0' });
    expect(await hear()).toEqual([]);
    expect(aws.sim.queue.length).toBe(0);
  });

  test.each([
    ['no event', 'hello'],
    ['nothing', 'null'],
    [
      'another account',
      JSON.stringify({ account: '999999999999', region: 'eu-west-1', detail: { groupId: 'sg-0123456789' } }),
    ],
    ['no ids', JSON.stringify({ account: '123456789012', region: 'eu-west-1', detail: { groupId: '../sg-1; drop' } })],
    ['ids of nothing', JSON.stringify({ account: '123456789012', region: 'eu-west-1', detail: 'i-0000000000000000f' })],
  ])('takes %s for what it is', async (_, body) => {
    await start();
    aws.sim.queue.send(body);
    expect(await hear()).toEqual([]);
    expect(aws.sim.queue.length).toBe(0);
  });

  test('is told again what could not be read', async () => {
    await start();
    aws.sim.human.addRule('api', { port: 8443, source: '0.0.0.0/0' });
    aws.sim.faults.add('DescribeNetworkInterfaces', { kind: 'error', status: 403, code: 'UnauthorizedOperation' }, 1);
    await expect(hear()).rejects.toMatchObject({ code: 'cloudDenied' });
    expect(aws.sim.queue.length).toBe(1);
    aws.advance(MINUTE_MS);
    expect(await hear()).toEqual([aws.machine]);
  });

  test('ends with its signal', async () => {
    await start();
    const stop = new AbortController();
    const heard = aws.adapter.changed?.(stop.signal);
    stop.abort(new Error('enough'));
    await expect(heard).rejects.toThrow('enough');
  });

  test('refuses a queue of an account that is not ours', async () => {
    await expect(awsHarness({ drift: 'https://sqs.eu-west-1.amazonaws.com/999999999999/q' })).rejects.toMatchObject({
      say: expect.stringContaining('QueueOfNoConfiguredAccount'),
    });
    await start();
  });
});

describe('the patrol of some machines', () => {
  test('reads theirs alone', async () => {
    await start();
    await openOne(aws, await placeOne(aws), aws.now() + HOUR_MS);
    expect(await Array.fromAsync(aws.adapter.patrol(never, [aws.machine]))).toHaveLength(1);
    const since = aws.sim.log().length;
    expect(await Array.fromAsync(aws.adapter.patrol(never, [aws.exposed]))).toEqual([]);
    expect(aws.actionsSince(since)).toEqual(['DescribeSecurityGroups']);
    expect(await Array.fromAsync(aws.adapter.patrol(never, []))).toEqual([]);
  });
});

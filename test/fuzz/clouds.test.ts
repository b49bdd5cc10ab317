import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/core/language/instant.ts';
import { placementKey } from '../../src/core/rule/rule.ts';
import { type AwsHarness, awsHarness } from '../adapters/aws/harness.ts';
import { type AzureHarness, azureHarness } from '../adapters/azure/harness.ts';
import { nsgHarness } from '../adapters/azure/nsg-harness.ts';
import { never, openOne, placeOne } from '../conformance/cloud-steps.ts';
import { holds, SEED } from './hold.ts';
import { edits, mutatedText, textEdits, xmlEdits } from './mutate.ts';

const RUNS = { usual: 5, long: 200 };
const RULES = { usual: 10, long: 500 };

const OPENING =
  /^(?:AuthorizeSecurityGroupIngress|ModifyNetworkInterfaceAttribute|JitNetworkAccessPolicies_Initiate|\w+_CreateOrUpdate)$/;

let cloud: AzureHarness | AwsHarness;
afterEach(() => cloud.stop());

/** Calls that can open something; what the patrol takes away is not among them. */
function opened(): number {
  return 'callsSince' in cloud
    ? cloud.callsSince(0).filter((operation) => OPENING.test(operation)).length
    : cloud.actionsSince(0).filter((action) => OPENING.test(action)).length;
}

/** What was read, or nothing where it was refused: whoever asked opens nothing then, and asks again. */
async function told<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    return undefined;
  }
}

/** Reads everything that is read of a cloud, while one rule stands until then. Nothing is changed by reading, and no end is invented. */
async function readAll(until: number, key: string): Promise<void> {
  const { adapter, machine } = cloud;
  const before = opened();
  const observed = await told(adapter.observe(machine, [], never));
  const patrol = await told(Array.fromAsync(adapter.patrol(never)));
  await told(adapter.look(machine, never));
  await told(adapter.machines(never));
  await told(adapter.assess(never));
  await told(adapter.locate([{ machine, port: { number: 22, protocol: 'tcp' }, source: '203.0.113.9/32' }], never));
  const marked = await told(Array.fromAsync(adapter.marked(never)));
  // Where several groups say different ends, there is none.
  for (const { placement, mark, until: said } of [...(observed?.ours ?? []), ...(patrol ?? []), ...(marked ?? [])])
    if (mark === 'valid' && said !== undefined) expect([placementKey(placement), said]).toEqual([key, until]);
  // The oldest calls leave the log of the simulator.
  expect(opened()).toBeLessThanOrEqual(before);
}

/** Everything stands as it did, and goes when it is told to. */
async function closesAfterwards(): Promise<void> {
  const { adapter, machine } = cloud;
  const { ours } = await adapter.observe(machine, [], never);
  expect(ours).toHaveLength(1);
  await adapter.close(
    ours.map(({ placement }) => placement),
    never,
    () => {},
  );
  expect(cloud.rulesLeft()).toEqual([]);
}

describe.each(['defender', 'nsg'] as const)(`Azure answers in any shape, with %s (seed ${SEED})`, (backend) => {
  it('and is read, or not believed', async () => {
    const azure = backend === 'nsg' ? await nsgHarness() : await azureHarness();
    cloud = azure;
    const placement = await placeOne(azure);
    const until = azure.now() + HOUR_MS;
    await openOne(azure, placement, until);
    const [standing] = (await azure.adapter.observe(azure.machine, [], never)).ours;
    const key = placementKey(standing?.placement ?? placement);
    let odd = (body: unknown): unknown => body;
    azure.sim.human.answerOddly(/_(?:Get|List\w*)$|^Resources$/, (body) => odd(body));
    await holds(`answers of ARM, ${backend}`, edits(), RUNS, async (change) => {
      odd = change;
      await readAll(until, key);
    });
    odd = (body) => body;
    await closesAfterwards();
  });
});

describe(`AWS answers in any shape (seed ${SEED})`, () => {
  it('and is read, or not believed', async () => {
    let odd = (_: string, body: string): string => body;
    const aws = await awsHarness({ oddly: (action, body) => odd(action, body), onReply: () => {} });
    cloud = aws;
    const until = aws.now() + HOUR_MS;
    await openOne(aws, await placeOne(aws), until);
    const [standing] = (await aws.adapter.observe(aws.machine, [], never)).ours;
    const key = standing ? placementKey(standing.placement) : '';
    const change = fc.oneof({ weight: 3, arbitrary: xmlEdits() }, textEdits());
    const which = fc.constantFrom(/./, /SecurityGroup/, /Interface/, /Instance/, /Tag/);
    await holds('answers of EC2', fc.tuple(change, which), RULES, async ([edit, on]) => {
      odd = (action, body) => (action.startsWith('Describe') && on.test(action) ? edit(body) : body);
      await readAll(until, key);
    });
    odd = (_, body) => body;
    await closesAfterwards();
  });

  it('and a message in the queue of changes names a machine, or none', async () => {
    const aws = await awsHarness({ watching: true });
    cloud = aws;
    aws.sim.human.addRule('api', { port: 8443, source: '0.0.0.0/0' });
    const heard = () => aws.adapter.changed?.(never) ?? Promise.reject(new Error('it is not listening'));
    expect(await heard()).toEqual([aws.machine]);
    const event = {
      account: aws.sim.accountId,
      region: aws.sim.region,
      detail: {
        eventName: 'ModifyNetworkInterfaceAttribute',
        userIdentity: { arn: 'arn:aws:iam::123456789012:role/x' },
        userAgent: 'Terraform',
        requestParameters: {
          networkInterfaceId: aws.sim.state().interfaces[0]?.id,
          groupSet: { items: [{ groupId: 'sg-0123456789abcdef0' }] },
        },
      },
    };
    const bodies = fc.oneof(
      edits().map((edit) => JSON.stringify(edit(event)) ?? ''),
      mutatedText(JSON.stringify(event)),
    );
    await holds('messages of SQS', bodies, { usual: 15, long: 1_000 }, async (body) => {
      aws.sim.queue.send(body);
      for (const machine of (await told(heard())) ?? []) expect(machine).toMatch(/^aws:/);
    });
  });
});

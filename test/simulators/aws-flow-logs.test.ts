import {
  CloudWatchLogs,
  CloudWatchLogsServiceException,
  type FilterLogEventsCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect, it } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../src/core/language/instant.ts';
import { startAws } from './aws-clients.ts';

async function logged() {
  const aws = await startAws({ maxSkewMs: DAY_MS });
  const { simulator, clock } = aws;
  const { accessKeyId, secretAccessKey, region, url: endpoint } = simulator;
  const logs = new CloudWatchLogs({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 });
  const nic = aws.eni('api-1');
  const filter = (input: Partial<FilterLogEventsCommandInput> = {}) =>
    logs.filterLogEvents({ logGroupName: 'flows', logStreamNamePrefix: nic, ...input });
  const lines = async (input: Partial<FilterLogEventsCommandInput> = {}) =>
    ((await filter(input)).events ?? []).map(({ message = '' }) => message);
  const refusal = (input: Partial<FilterLogEventsCommandInput>) =>
    filter(input).then(
      () => 'none',
      (error) => (error instanceof CloudWatchLogsServiceException ? error.name : String(error)),
    );
  return { ...aws, records: simulator.flowRecords, clock, nic, filter, lines, refusal };
}

it('records what comes in and what leaves, minute by minute, once it is delivered', async () => {
  const { records, clock, nic, lines, ec2 } = await logged();
  const id = records.create({ resourceId: nic, group: 'flows', intervalS: 60 });
  expect((await ec2.describeFlowLogs({})).FlowLogs).toMatchObject([
    {
      FlowLogId: id,
      ResourceId: nic,
      TrafficType: 'ALL',
      FlowLogStatus: 'ACTIVE',
      DeliverLogsStatus: 'SUCCESS',
      LogGroupName: 'flows',
      LogDestinationType: 'cloud-watch-logs',
      MaxAggregationInterval: 60,
    },
  ]);
  clock.advance(5 * MINUTE_MS);
  expect(records.connect({ from: '203.0.113.7', interfaceId: nic, port: 443, forMs: 0 })).toBe(true);
  expect(records.connect({ from: '203.0.113.7', interfaceId: nic, port: 22, forMs: 0 })).toBe(false);
  clock.advance(4 * MINUTE_MS);
  expect((await lines()).some((line) => line.includes('203.0.113.7'))).toBe(false);
  clock.advance(6 * MINUTE_MS);
  const all = await lines();
  expect(all.filter((line) => line.includes('203.0.113.7')).map((line) => line.split(' ').at(-2))).toEqual([
    'ACCEPT',
    'ACCEPT',
    'REJECT',
  ]);
  expect(all.filter((line) => line.endsWith('- NODATA')).length).toBeGreaterThan(5);
});

it('has pages that belong to one question, and empty ones', async () => {
  const { records, clock, nic, filter, refusal, lines } = await logged();
  records.create({ resourceId: nic, group: 'flows', intervalS: 60 });
  clock.advance(20 * MINUTE_MS);
  const whole = await lines();
  Object.assign(records.behaviour, { pageSize: 3, emptyPages: 1 });
  const seen: string[] = [];
  let nextToken: string | undefined;
  let empty = 0;
  do {
    const page = await filter(nextToken === undefined ? {} : { nextToken });
    if (page.events?.length === 0) empty += 1;
    seen.push(...(page.events ?? []).map(({ message = '' }) => message));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  expect(seen).toEqual(whole);
  expect(empty).toBe(Math.ceil(whole.length / 3));
  const { nextToken: token = '' } = await filter();
  expect(await refusal({ nextToken: token, startTime: 5 })).toBe('InvalidParameterException');
});

it.each<[Partial<FilterLogEventsCommandInput>, string]>([
  [{ logGroupName: 'others' }, 'ResourceNotFoundException'],
  [{ logGroupName: 'a b' }, 'InvalidParameterException'],
  [{ logStreamNames: ['eni-0a-all'] }, 'InvalidParameterException'],
  [{ limit: 10_001 }, 'InvalidParameterException'],
  [{ startTime: -1 }, 'InvalidParameterException'],
  [{ nextToken: 'x' }, 'InvalidParameterException'],
  // What is not simulated is refused.
  [{ filterPattern: 'ACCEPT' }, 'InvalidParameterException'],
])('refuses %j', async (input, code) => {
  const { records, nic, refusal } = await logged();
  records.create({ resourceId: nic, group: 'flows' });
  expect(await refusal(input)).toBe(code);
});

it('refuses who may not read, and knows nothing of a region that is another', async () => {
  const { records, nic, refusal, clients } = await logged();
  records.create({ resourceId: nic, group: 'flows' });
  records.behaviour.isDenied = true;
  expect(await refusal({})).toBe('AccessDeniedException');
  await expect(clients({ region: 'eu-north-1' }).ec2.describeFlowLogs({})).rejects.toMatchObject({
    name: 'AuthFailure',
  });
});

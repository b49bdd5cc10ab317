import { DescribeInstancesCommand, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { type Job, Queue, Worker } from 'bullmq';
import { type AwsSettings, clientFor, fullSettings, groupRef } from '../../adapters/aws/index.ts';
import { bullConnection } from '../../src/queue/connection.ts';
import { serve } from '../child.ts';
import type { Plan } from './shared.ts';

/*
 * The usual way: one delayed BullMQ job for each lease, whose worker makes the closing call. The SDK's client is the
 * adapter's own, with the same settings.
 */
interface Closing {
  readonly group: string;
  readonly rule: string;
}

const CONCURRENCY = 50;
const AT_ONCE = 500;
const ENDLESS = new AbortController().signal;
const QUEUE = 'revoke';
/** Complete jobs go away, as ours do. */
const KEEP_NOTHING = { removeOnComplete: true, removeOnFail: false } as const;

let stop = async () => {};

async function start({ settings, redisUrl, stood, until }: Plan): Promise<void> {
  const client = clientOf(settings);
  await client.call(ENDLESS, (ec2, options) => ec2.send(new DescribeInstancesCommand({ MaxResults: 5 }), options));
  const connection = bullConnection(redisUrl, null);
  const queue = new Queue<Closing>(QUEUE, { connection: connection.redis, defaultJobOptions: KEEP_NOTHING });
  const jobs = stood
    .flatMap(({ placements }) => placements)
    .map(({ at, id = '' }) => ({ name: QUEUE, data: { group: groupRef(at).group, rule: id } }));
  for (let from = 0; from < jobs.length; from += AT_ONCE) {
    const delay = until - Date.now();
    await queue.addBulk(jobs.slice(from, from + AT_ONCE).map((job) => ({ ...job, opts: { delay } })));
  }
  const close = ({ data: { group, rule } }: Job<Closing>) => {
    const input = { GroupId: group, SecurityGroupRuleIds: [rule] };
    return client.change(input, { signal: ENDLESS, beforeCall: () => {} }, async (ec2, options) => {
      await ec2.send(new RevokeSecurityGroupIngressCommand(input), options);
    });
  };
  const worker = new Worker<Closing>(QUEUE, close, { connection: connection.redis, concurrency: CONCURRENCY });
  worker.on('failed', (_, error) => console.error('a plain job failed', error));
  stop = async () => {
    await worker.close();
    await queue.close();
    connection.end();
  };
}

function clientOf(settings: AwsSettings) {
  const [account] = settings.accounts;
  const [region] = account?.regions ?? [];
  if (!account || !region) throw new Error('no account');
  return clientFor({ account, region }, fullSettings(settings));
}

serve({ start, cpu: () => process.cpuUsage() }, () => stop());

import type { GroupIdentifier } from '@aws-sdk/client-ec2';
import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import { JitError } from '../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../src/core/language/instant.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import { callWithin } from '../../src/kit/time-limit.ts';
import type { Watcher } from '../../src/ports/watcher.ts';
import type { Aws } from './ec2/context.ts';
import { machineAt } from './ec2/ids.ts';
import { readGroups, readInstances, readInterfaces } from './ec2/read.ts';
import { sdkConfig } from './ec2/sdk-config.ts';
import { instanceOfGroup } from './ec2/security-group.ts';
import type { Site } from './ec2/sites.ts';
import { watched } from './ec2/watch.ts';
import { asJitError, CLOUD } from './errors.ts';

/** SQS holds an empty answer back for so long at most ("Amazon SQS short and long polling"). */
const WAIT_S = 20;
const CALL_MS = (WAIT_S + 5) * SECOND_MS;
const MOST_MESSAGES = 10;
/** The calls that put another list of groups on an interface. */
const EDITS: ReadonlySet<string> = new Set(['ModifyNetworkInterfaceAttribute', 'ModifyInstanceAttribute']);
/** What keeps lists of groups as it wants them, as it names itself. */
const TOOLS = ['Terraform', 'CloudFormation', 'Pulumi'] as const;
/** Ids named by one event; more of them is no event about one change. */
const MOST_IDS = 50;

/** Hears of EC2's changes through a queue that EventBridge fills: CloudTrail's calls, and instances that change their state. */
export function watcherOf(aws: Aws, queue: string): Watcher {
  const { host, pathname } = new URL(queue);
  const [, region = ''] = /^sqs\.([a-z0-9-]+)\./.exec(host) ?? [];
  const [, accountId = ''] = pathname.split('/');
  const account = aws.sites.organization.account(accountId);
  if (!account || region === '')
    throw new JitError('cloudRefused', { cloud: CLOUD, code: 'QueueOfNoConfiguredAccount' });
  const config = sdkConfig({ account, region }, { ...aws.settings, callMs: CALL_MS });
  let client: SQSClient | undefined;
  return {
    changed(signal) {
      return callWithin({ signal, limitMs: CALL_MS, asError: asJitError }, async (abortSignal) => {
        const { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } = await import('@aws-sdk/client-sqs');
        client ??= watched(new SQSClient(config), account.id, aws.settings.called);
        const ask = { QueueUrl: queue, MaxNumberOfMessages: MOST_MESSAGES, WaitTimeSeconds: WAIT_S };
        const { Messages = [] } = await client.send(new ReceiveMessageCommand(ask), { abortSignal });
        if (Messages.length === 0) return [];
        const machines = await machinesIn(aws, Messages, signal);
        // What could not be read to its end is given again by SQS after a while.
        await client.send(new DeleteMessageBatchCommand({ QueueUrl: queue, Entries: Messages.map(receipt) }), {
          abortSignal,
        });
        return machines;
      });
    },
  };
}

function receipt({ ReceiptHandle }: Message, i: number) {
  return { Id: String(i), ReceiptHandle: ReceiptHandle ?? '' };
}

/** Ids that a message names in one account and region, whatever its shape: each call has its own. */
interface Named {
  readonly site: Site;
  readonly groups: readonly string[];
  readonly interfaces: readonly string[];
  readonly instances: readonly string[];
}

async function machinesIn(aws: Aws, messages: readonly Message[], signal: AbortSignal): Promise<readonly MachineId[]> {
  const found = new Set<MachineId>();
  for (const { Body = '' } of messages) {
    const named = namedIn(aws, Body);
    if (!named) continue;
    for (const instance of await instancesOf(named, aws.installation, signal))
      for (const id of await protectedAround(aws, named.site, instance, signal)) {
        const machine = machineAt(named.site, id);
        if (machine) found.add(machine);
      }
  }
  return [...found];
}

function namedIn(aws: Aws, body: string): Named | undefined {
  let event: { readonly account?: unknown; readonly region?: unknown; readonly detail?: unknown };
  try {
    event = JSON.parse(body) as typeof event;
  } catch {
    aws.log.warn({}, 'a message in the queue of changes is no event');
    return undefined;
  }
  const site = aws.sites.find({ account: String(event?.account), region: String(event?.region) });
  if (!site) return undefined;
  const text = JSON.stringify(event.detail ?? {});
  const all = (pattern: RegExp) => [...new Set(text.match(pattern) ?? [])].slice(0, MOST_IDS);
  const interfaces = all(/\beni-[0-9a-f]{8,17}\b/g);
  const instances = all(/\bi-[0-9a-f]{8,17}\b/g);
  const by = editorIn(event.detail);
  if (by !== undefined) for (const id of [...interfaces, ...instances]) aws.changers.note(id, by);
  return { site, groups: all(/\bsg-[0-9a-f]{8,17}\b/g), interfaces, instances };
}

/**
 * Who changed the groups of an interface, and with what where that is known; undefined for any other event (CloudTrail user
 * guide, "CloudTrail record contents" and "CloudTrail userIdentity element").
 */
function editorIn(detail: unknown): string | undefined {
  const { eventName, userIdentity, userAgent } = recordIn(detail);
  if (typeof eventName !== 'string' || !EDITS.has(eventName)) return undefined;
  const { arn } = recordIn(userIdentity);
  if (typeof arn !== 'string' || !/^arn:[\w+=,.@:/-]{10,300}$/.test(arn)) return undefined;
  const [tool] = TOOLS.filter(
    (one) => typeof userAgent === 'string' && userAgent.toLowerCase().includes(one.toLowerCase()),
  );
  return tool === undefined ? arn : `${arn} (${tool})`;
}

function recordIn(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** The machines of a group are those that it is on, and the one that it was made for. */
async function instancesOf(
  { site, groups, interfaces, instances }: Named,
  installation: string,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const found = new Set(instances);
  const filters = [
    ...(groups.length > 0 ? [{ Name: 'group-id', Values: [...groups] }] : []),
    ...(interfaces.length > 0 ? [{ Name: 'network-interface-id', Values: [...interfaces] }] : []),
  ];
  for (const filter of filters)
    for await (const { Attachment, Groups } of readInterfaces(site, [filter], signal))
      for (const instance of [Attachment?.InstanceId, ...ownersOf(Groups, installation)])
        if (instance) found.add(instance);
  if (groups.length > 0)
    for await (const { GroupName = '' } of readGroups(site, [{ Name: 'group-id', Values: [...groups] }], signal)) {
      const instance = instanceOfGroup(installation, GroupName);
      if (instance !== undefined) found.add(instance);
    }
  return found;
}

/** The instances that the groups of ours among these were made for. */
function ownersOf(groups: readonly GroupIdentifier[] | undefined, installation: string): readonly string[] {
  return (groups ?? []).flatMap(({ GroupName = '' }) => instanceOfGroup(installation, GroupName) ?? []);
}

/**
 * An instance with a group of ours, on it or left behind, and the ones whose groups are on it; of any other it is nothing to us.
 */
async function protectedAround(
  aws: Aws,
  site: Site,
  instance: string,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for await (const { NetworkInterfaces = [] } of readInstances(
    site,
    [{ Name: 'instance-id', Values: [instance] }],
    signal,
  ))
    for (const { Groups } of NetworkInterfaces)
      for (const owner of ownersOf(Groups, aws.installation)) found.add(owner);
  if (found.has(instance)) return found;
  const named = [{ Name: 'group-name', Values: [`drawbridge-${aws.installation}-${instance}*`] }];
  for await (const group of readGroups(site, named, signal))
    if (ownersOf([group], aws.installation).includes(instance)) found.add(instance);
  return found;
}

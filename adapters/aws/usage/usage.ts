import type { InstanceNetworkInterface } from '@aws-sdk/client-ec2';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import { isGroup } from '../../../src/core/rule/source.ts';
import type { UsageAnswer, UsageAsk, UsageLog } from '../../../src/ports/usage.ts';
import type { Aws } from '../ec2/context.ts';
import { instanceRef } from '../ec2/ids.ts';
import type { Site } from '../ec2/sites.ts';
import { ownAddresses } from '../reach/facts.ts';
import { FlowLogs, type TellingLog, tellingLog } from './flow-logs.ts';
import { LogEvents } from './log-events.ts';
import { BEFORE_MS, logReader, SETTLED_MS, type Sought } from './whole.ts';

/** What flow logs tell in AWS, and why they do not of a machine. */
export interface AwsUsage extends UsageLog {
  /** Undefined where they do. Never throws: what cannot be read is a reason too. */
  against(machine: MachineId, signal: AbortSignal): Promise<string | undefined>;
}

interface Reading {
  readonly events: LogEvents;
  readonly site: Site;
}

/** Reads flow logs that go to CloudWatch Logs with an aggregation interval of one minute. */
export function usageOf(aws: Aws): AwsUsage {
  const flowLogs = new FlowLogs(aws);
  const events = new LogEvents(aws);
  return {
    async against(machine, signal) {
      try {
        const ref = instanceRef(machine);
        const site = aws.sites.of(ref);
        const instance = await site.now.instance(ref.instance, signal);
        const all = await flowLogs.of(site, signal);
        const logs = (instance?.NetworkInterfaces ?? []).map((nic) => tellingLog(nic, all, ref.account));
        return logs.flatMap((log) => ('untold' in log ? [log.untold] : []))[0];
      } catch (error) {
        signal.throwIfAborted();
        aws.log.warn({ error, machine }, 'flow logs could not be read');
        return 'flow logs could not be read';
      }
    },
    async used(ask, signal) {
      const ref = instanceRef(ask.machine);
      const site = aws.sites.of(ref);
      const instance = await site.now.instance(ref.instance, signal);
      const all = await flowLogs.of(site, signal);
      if (isGroup(ask.source)) return untold('its source is a security group');
      const { NetworkInterfaces: nics = [] } = instance ?? {};
      if (!instance || nics.length === 0) return untold('the machine has no interface any more');
      if (ask.now < ask.until + SETTLED_MS) return { is: 'not yet' };
      const sought = { ...ask, own: ownAddresses(instance) };
      const answers: UsageAnswer[] = [];
      for (const nic of nics) {
        const log = tellingLog(nic, all, ref.account);
        const answer =
          'untold' in log ? untold(log.untold) : await usedAt({ events, site }, nic, { log, ask, sought }, signal);
        if (answer.is === 'seen') return answer;
        answers.push(answer);
      }
      // What one of them does not tell, none tells.
      return (
        answers.find(({ is }) => is === 'untold') ?? answers.find(({ is }) => is === 'not yet') ?? { is: 'not seen' }
      );
    },
  };
}

async function usedAt(
  { events, site }: Reading,
  { NetworkInterfaceId: id = '', Attachment }: InstanceNetworkInterface,
  { log, ask, sought }: { readonly log: TellingLog; readonly ask: UsageAsk; readonly sought: Sought },
  signal: AbortSignal,
): Promise<UsageAnswer> {
  const { account, region } = site;
  const reader = logReader(log.fields, { ...sought, interface: id });
  const from = ask.from - BEFORE_MS;
  for await (const lines of events.lines({ account, region, group: log.group, interface: id, from }, signal)) {
    if (!lines) return untold(`flow log ${log.id} has too many records of it`);
    const at = reader.seenIn(lines);
    if (at !== undefined) return { is: 'seen', at };
  }
  const attached = Attachment?.AttachTime?.getTime() ?? 0;
  if (attached > ask.from) return untold(`${id} was attached only afterwards`);
  if (log.since > from) return untold(`flow log ${log.id} was made only afterwards`);
  const { is } = reader.wholeness(ask);
  if (is === 'unread') return untold(`flow log ${log.id} has records that cannot be read`);
  if (is === 'gap') return untold(`flow log ${log.id} has a gap`);
  return is === 'whole' ? { is: 'not seen' } : { is };
}

function untold(why: string): UsageAnswer {
  return { is: 'untold', why };
}

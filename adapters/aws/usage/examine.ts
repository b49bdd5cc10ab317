import { type Diagnosis, faultAt, meaningOf, unknownAt } from '../../../src/core/view/doctor-page.ts';
import type { Aws } from '../ec2/context.ts';
import { instanceRef } from '../ec2/ids.ts';
import { readFlowLogs, readInstances } from '../ec2/read.ts';
import type { Site } from '../ec2/sites.ts';
import { ourGroups, TOGETHER } from '../our-groups.ts';
import { type TellingLog, tellingLog } from './flow-logs.ts';
import { LogEvents } from './log-events.ts';

/** Machines and log groups that are looked at in one account and region, and machines that are named. */
const MOST_MACHINES = 500;
const MOST_GROUPS = 5;
const MOST_NAMED = 5;
const ROLE = 'Update the roles from manifests/aws/roles.yaml with FlowLogs=<the log group>.';

/** Whether flow logs can be read in one account and region, and whether they tell of the machines that are protected there. */
export async function examineUsage(aws: Aws, site: Site, signal: AbortSignal): Promise<readonly Diagnosis[]> {
  const of = `AWS ${site.name}`;
  const what = 'right to read flow logs';
  try {
    const logs = await Array.fromAsync(readFlowLogs(site, signal));
    const groups = await ourGroups(aws, site, undefined, signal);
    const ids = [...new Set([...groups.values()].map(({ machine }) => instanceRef(machine).instance))];
    const telling = new Map<string, TellingLog>();
    const untold: string[] = [];
    for (let from = 0; from < Math.min(ids.length, MOST_MACHINES); from += TOGETHER) {
      const filters = [{ Name: 'instance-id', Values: ids.slice(from, from + TOGETHER) }];
      for await (const { InstanceId = '', NetworkInterfaces = [] } of readInstances(site, filters, signal)) {
        const found = NetworkInterfaces.map((nic) => tellingLog(nic, logs, site.account));
        for (const log of found) if ('id' in log) telling.set(log.group, log);
        const why = found.flatMap((log) => ('untold' in log ? [log.untold] : []))[0];
        if (why !== undefined) untold.push(`${InstanceId}: ${why}`);
      }
    }
    return [
      { of, what, verdict: 'fine' },
      ...(await readable(new LogEvents(aws), { of, site }, [...telling.keys()], signal)),
      ...(ids.length > 0 ? [coverage(of, untold)] : []),
    ];
  } catch (error) {
    return [faultAt(of, what, meaningOf(error), ROLE)];
  }
}

function readable(
  events: LogEvents,
  { of, site }: { readonly of: string; readonly site: Site },
  groups: readonly string[],
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  return Promise.all(
    groups.slice(0, MOST_GROUPS).map(async (group): Promise<Diagnosis> => {
      const what = `log group ${group}`;
      const error = await events.check(site, group, signal).then(
        () => undefined,
        (refusal) => refusal,
      );
      return error ? faultAt(of, what, meaningOf(error), ROLE) : { of, what, verdict: 'fine' };
    }),
  );
}

function coverage(of: string, untold: readonly string[]): Diagnosis {
  const what = 'flow logs of protected machines';
  if (untold.length === 0) return { of, what, verdict: 'fine' };
  const more = untold.length - MOST_NAMED;
  const named = untold.slice(0, MOST_NAMED).join('; ');
  return unknownAt(
    of,
    what,
    `Whether anybody connects cannot be told of ${named}${more > 0 ? `; and ${more} more` : ''}.`,
    'Access with `endUnused` stays open there until its end. docs/policy.md says which flow logs tell.',
  );
}

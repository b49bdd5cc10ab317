import type { CloudTrailClient, Event } from '@aws-sdk/client-cloudtrail';
import { JitError } from '../../src/core/errors/errors.ts';
import type { LoggedWrite, WriteAround } from '../../src/core/evidence/written.ts';
import { DAY_MS, type Instant, MINUTE_MS } from '../../src/core/language/instant.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import { callWithin } from '../../src/kit/time-limit.ts';
import type { WriteLog } from '../../src/ports/write-log.ts';
import type { Aws } from './ec2/context.ts';
import { instanceRef } from './ec2/ids.ts';
import { readInstances } from './ec2/read.ts';
import { sdkConfig } from './ec2/sdk-config.ts';
import type { Site } from './ec2/sites.ts';
import { watched } from './ec2/watch.ts';
import { asJitError, CLOUD } from './errors.ts';
import { ourGroups } from './our-groups.ts';
import { type Identities, idsIn, WRITES, writeOf } from './trail-record.ts';

/** "CloudTrail typically delivers events within an average of about 5 minutes of an API call", not guaranteed; looked up for 15. */
const LAG_MS = 15 * MINUTE_MS;
/** LookupEvents: "events that occurred in a Region within the last 90 days". A day less, as it ends while it is read. */
const KEEPS_MS = 89 * DAY_MS;
/** "The rate of lookup requests is limited to two per second, per account, per Region." */
const PACE_MS = 550;
const PAGE = 50;
/** Pages of one call's name in one turn. */
const MOST_PAGES = 40;
const TOGETHER = 100;

/** Reads the event history of CloudTrail, which every account and region has, with a trail or without. */
export function writeLogOf(aws: Aws): WriteLog {
  const clients = new Map<string, CloudTrailClient>();
  const clientOf = async (site: Site) => {
    const known = clients.get(site.name);
    if (known) return known;
    const account = aws.sites.organization.account(site.account);
    if (!account) throw new JitError('cloudRefused', { cloud: CLOUD, code: 'AccountOrRegionNotConfigured' });
    const config = sdkConfig({ account, region: site.region }, aws.settings);
    // Loaded where the log is compared with the audit.
    const { CloudTrailClient } = await import('@aws-sdk/client-cloudtrail');
    const client = watched(new CloudTrailClient(config), account.id, aws.settings.called);
    clients.set(site.name, client);
    return client;
  };
  const siteOf = (log: string) => {
    const site = aws.sites.all().find((one) => logName(one) === log);
    if (!site) throw new JitError('cloudRefused', { cloud: CLOUD, code: 'AccountOrRegionNotConfigured' });
    return site;
  };
  return {
    async logs(signal) {
      await aws.sites.organization.refresh(signal);
      return aws.sites.all().map((site) => ({
        name: logName(site),
        lagMs: LAG_MS,
        keepsMs: KEEPS_MS,
        covers(machine) {
          const { account, region } = instanceRef(machine);
          return account === site.account && region === site.region;
        },
      }));
    },
    async written(log, period, signal) {
      const site = siteOf(log);
      const client = await clientOf(site);
      const own = identitiesOf(aws, site);
      const found = new Map<string, LoggedWrite>();
      for (const name of WRITES)
        for await (const event of eventsOf(aws, { client, name, period }, signal)) {
          const write = writeOf(event, site.account, own);
          if (write) found.set(write.id, write);
        }
      return [...found.values()];
    },
    around: (log, writes, signal) => around(aws, siteOf(log), writes, signal),
  };
}

function logName({ name }: Site): string {
  return `AWS ${name}`;
}

interface Looking {
  readonly client: CloudTrailClient;
  readonly name: string;
  readonly period: { readonly from: Instant; readonly to: Instant };
}

/** All events of one call's name; LookupEvents takes one attribute, and gives them a page at a time. Throws where there are too many. */
async function* eventsOf(aws: Aws, { client, name, period }: Looking, signal: AbortSignal): AsyncGenerator<Event> {
  const { LookupEventsCommand } = await import('@aws-sdk/client-cloudtrail');
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const ask = new LookupEventsCommand({
      StartTime: new Date(period.from),
      EndTime: new Date(period.to),
      LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: name }],
      MaxResults: PAGE,
      ...(token === undefined ? {} : { NextToken: token }),
    });
    const { Events = [], NextToken } = await callWithin(
      { signal, limitMs: aws.settings.callMs, asError: asJitError },
      (abortSignal) => client.send(ask, { abortSignal }),
    );
    yield* Events;
    await aws.pause(PACE_MS, signal);
    if (NextToken === undefined) return;
    token = NextToken;
  }
  throw new JitError('cloudRefused', { cloud: CLOUD, code: `MoreThan${MOST_PAGES * PAGE}${name}` });
}

/** Who we are there, as CloudTrail names it: the roles that are assumed, or the key of a user. */
function identitiesOf({ sites, settings }: Aws, { account: id }: Site): Identities {
  const account = sites.organization.account(id);
  const roles = [account?.role?.arn, account?.onboarder?.arn].flatMap((arn) => arn ?? []);
  const key = settings.credentials?.accessKeyId;
  return { roles, ...(key === undefined ? {} : { key }) };
}

/** Those at instances that a group of ours was made for: at the groups on them, their interfaces, and our groups wherever they are. */
async function around(
  aws: Aws,
  site: Site,
  writes: readonly LoggedWrite[],
  signal: AbortSignal,
): Promise<readonly WriteAround[]> {
  const groups = await ourGroups(aws, site, undefined, signal);
  const machines = new Map<string, Set<MachineId>>();
  const note = (id: string | undefined, machine: MachineId) => {
    if (id !== undefined) machines.set(id, (machines.get(id) ?? new Set()).add(machine));
  };
  for (const { id, machine } of groups.values()) note(id, machine);
  const owners = new Map([...groups.values()].map(({ machine }) => [instanceRef(machine).instance, machine]));
  const ids = [...owners.keys()];
  for (let i = 0; i < ids.length; i += TOGETHER) {
    const filters = [{ Name: 'instance-id', Values: ids.slice(i, i + TOGETHER) }];
    for await (const { InstanceId, NetworkInterfaces = [] } of readInstances(site, filters, signal)) {
      const machine = owners.get(InstanceId ?? '');
      if (!machine) continue;
      note(InstanceId, machine);
      for (const { NetworkInterfaceId, Groups = [] } of NetworkInterfaces) {
        note(NetworkInterfaceId, machine);
        for (const { GroupId } of Groups) note(GroupId, machine);
      }
    }
  }
  const isOur = (id: string) => groups.has(id);
  return writes.flatMap((write) => {
    // A new interface is nothing to machines that share a group with it, unless that group is one of ours.
    const named = write.operation === 'RunInstances' || write.operation === 'CreateNetworkInterface';
    const at = idsIn(write.resource).filter((id) => !named || isOur(id));
    const near = new Set(at.flatMap((id) => [...(machines.get(id) ?? [])]));
    return near.size > 0 ? [{ ...write, machines: [...near] }] : [];
  });
}

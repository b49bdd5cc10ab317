import type { EventData } from '@azure/arm-monitor';
import { JitError } from '../../src/core/errors/errors.ts';
import type { LoggedWrite, WriteAround } from '../../src/core/evidence/written.ts';
import { DAY_MS, type Instant, MINUTE_MS, SECOND_MS } from '../../src/core/language/instant.ts';
import { say } from '../../src/core/language/say.ts';
import { type MachineId, providerIdOf } from '../../src/core/machine/machine.ts';
import type { WriteLog } from '../../src/ports/write-log.ts';
import { byOf, foldWrites } from './activity-record.ts';
import { type Subscription, subscriptionOf } from './arm/clients.ts';
import type { Azure } from './arm/context.ts';
import { isOf, part } from './arm/ids.ts';
import { readSiteNetwork } from './arm/interfaces.ts';
import { ALL_BACKENDS } from './backends.ts';
import { BEHIND_FIREWALLS } from './examine.ts';
import { surveyFor } from './patrol.ts';

/** "Activity log data is available 3 to 20 minutes after the event" ("Log data ingestion time in Azure Monitor"). */
const LAG_MS = 20 * MINUTE_MS;
/** Kept for 90 days ("Activity log in Azure Monitor"); a day less, as it ends while it is read. */
const KEEPS_MS = 89 * DAY_MS;
/** `$filter` takes a time range and one provider. */
const PROVIDERS = ['Microsoft.Network', 'Microsoft.Security'] as const;
const READ_MS = 30 * SECOND_MS;
/** Records of one provider in one turn: a write has about three. */
const MOST_RECORDS = 6_000;
const SELECT =
  'authorization,caller,claims,correlationId,eventDataId,eventTimestamp,httpRequest,operationId,operationName,resourceId,status';

/** Reads the activity log of each subscription. */
export function writeLogOf(azure: Azure, clientId: string): WriteLog {
  const siteOf = (log: string) => subscriptionOf(azure.subscriptions, log.replace(/^Azure /, ''));
  return {
    logs: async () =>
      azure.subscriptions.map((site) => ({
        name: `Azure ${site.id}`,
        lagMs: LAG_MS,
        keepsMs: KEEPS_MS,
        covers: (machine) => isOf(site, providerIdOf(machine)),
      })),
    async written(log, period, signal) {
      const site = siteOf(log);
      const records = await Promise.all(PROVIDERS.map((provider) => recordsOf(site, provider, period, signal)));
      return foldWrites(records.flat(), (record) => byOf(record, clientId)).map((write) => ({
        ...write,
        cloud: 'azure' as const,
        account: site.id.toLowerCase(),
      }));
    },
    around: (log, writes, signal) => around(azure, siteOf(log), writes, signal),
  };
}

async function recordsOf(
  site: Subscription,
  provider: string,
  { from, to }: { readonly from: Instant; readonly to: Instant },
  signal: AbortSignal,
): Promise<readonly EventData[]> {
  const time = (at: Instant) => new Date(at).toISOString();
  const filter = `eventTimestamp ge '${time(from)}' and eventTimestamp le '${time(to)}' and resourceProvider eq '${provider}'`;
  return site.read(
    signal,
    async ({ monitor }, options) => {
      const client = await monitor();
      const found: EventData[] = [];
      for await (const record of client.activityLogs.list(filter, { ...options, select: SELECT })) {
        found.push(record);
        if (found.length > MOST_RECORDS)
          throw new JitError('azureInTheWay', {
            why: say`the activity log has more than ${MOST_RECORDS} records of ${provider}`,
          });
      }
      return found;
    },
    READ_MS,
  );
}

/** Those at groups, interfaces and subnets of protected machines, at their just-in-time policies, and at firewalls where Drawbridge writes to these. */
async function around(
  azure: Azure,
  site: Subscription,
  writes: readonly LoggedWrite[],
  signal: AbortSignal,
): Promise<readonly WriteAround[]> {
  const network = await readSiteNetwork(site, signal);
  const protections = await Promise.all(
    ALL_BACKENDS.map((backend) => backend.protections(azure, surveyFor(backend, site, network), signal)),
  );
  const machines = new Map<string, Set<MachineId>>();
  const note = (id: string, machine: MachineId) => {
    machines.set(id.toLowerCase(), (machines.get(id.toLowerCase()) ?? new Set()).add(machine));
  };
  for (const [machine, nics] of network.nics) {
    if (!protections.some((of) => of(machine))) continue;
    note(jitScope(providerIdOf(machine)), machine);
    for (const { id, groups, subnets } of nics) {
      note(id, machine);
      for (const group of groups) note(group, machine);
      for (const subnet of subnets) {
        note(subnet.id, machine);
        note(subnet.id.replace(/\/subnets\/[^/]+$/i, ''), machine);
      }
    }
  }
  return writes.flatMap((write) => {
    const id = write.resource.toLowerCase();
    if (/\/(?:azurefirewalls|firewallpolicies)\//.test(id))
      return BEHIND_FIREWALLS[site.backend] && machines.size > 0 ? [{ ...write, machines: [] }] : [];
    const at = /\/jitnetworkaccesspolicies\//.test(id) ? jitScope(id) : id.replace(/\/securityrules\/[^/]+$/, '');
    const near = machines.get(at);
    return near ? [{ ...write, machines: [...near] }] : [];
  });
}

/** Policies hold machines of their own resource group. */
function jitScope(id: string): string {
  return `jit ${part(id, 'resourceGroups').toLowerCase()}`;
}

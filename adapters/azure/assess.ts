import { JitError } from '../../src/core/errors/errors.ts';
import { type AssessedMachine, assess as decide } from '../../src/core/machine/assessment.ts';
import { machineId } from '../../src/core/machine/machine.ts';
import { MANAGEMENT_PORTS, type Port } from '../../src/core/rule/port.ts';
import type { StandingRule } from '../../src/core/rule/rule.ts';
import type { Assessed } from '../../src/ports/assessor.ts';
import type { Subscription } from './arm/clients.ts';
import type { Azure } from './arm/context.ts';
import { covers, uniqueWays, waysTo } from './arm/evaluate.ts';
import { type Network, readNetwork } from './arm/interfaces.ts';
import { readMachines } from './arm/inventory.ts';
import type { Nic } from './arm/machine.ts';
import { coversPort, coversProtocol, isDefenders, type NsgRule } from './arm/nsg-rules.ts';
import type { Groups } from './arm/reading.ts';
import { type Opinions, readOpinions } from './defender/opinions.ts';
import { allPolicies, orNoPlan, protectedPorts } from './defender/policy.ts';
import { BACKEND as DEFENDER } from './defender/records.ts';
import { surveyFirewalls } from './firewall/survey.ts';
import { prefixOf } from './nsg/names.ts';
import { protectionIn } from './nsg/protection.ts';

/** Rules that people write have numbers up to this; behind them come Azure's own (“Network security groups”). */
const LAST_CUSTOM = 4096;

/** Judges all machines of all subscriptions: a few lists for each, and one query of Resource Graph. */
export async function assess(azure: Azure, signal: AbortSignal): Promise<Assessed> {
  const { subscriptions, log } = azure;
  const [lists, opinions] = await Promise.all([
    Promise.allSettled(subscriptions.map((site) => assessSite(azure, site, signal))),
    readOpinions(azure, signal),
  ]);
  const unread = lists.flatMap((list, i) =>
    list.status === 'rejected' ? [{ subscription: subscriptions[i]?.id, error: list.reason }] : [],
  );
  if (unread.length === subscriptions.length) throw unread[0]?.error;
  for (const fields of unread) log.warn(fields, 'a subscription could not be assessed');
  const read = lists.flatMap((list) => (list.status === 'fulfilled' ? [list.value] : []));
  return {
    machines: read.flatMap(({ machines }) => machines).map((one) => withOpinion(one, opinions)),
    unread: [
      ...unread.map(({ subscription }) => `subscription ${subscription}`),
      ...read.flatMap(({ unread: parts }) => parts),
    ],
  };
}

function withOpinion(one: AssessedMachine, opinions: Opinions): AssessedMachine {
  const opinion = opinions.get(one.machine.id);
  return opinion ? { ...one, opinion } : one;
}

async function assessSite(azure: Azure, site: Subscription, signal: AbortSignal): Promise<Assessed> {
  const { installation } = azure;
  // Whoever may not read this may read nothing of the rest.
  const machines = await readMachines(site, signal);
  const [network, policies, firewallOf] = await Promise.all([
    readNetwork(site, signal),
    site.backend === DEFENDER ? orNoPlan(allPolicies(site, signal)) : undefined,
    orDenied(surveyFirewalls(azure, site, signal)),
  ]);
  const entries = (policies ?? []).flatMap(({ virtualMachines }) => virtualMachines);
  const byDefender = new Map(entries.map((entry) => [machineId('azure', entry.id), protectedPorts(entry)]));
  const judged = machines.map((machine) => {
    const nics = network.nics.get(machine.id) ?? [];
    const byRules = protectionIn(groupsOf(network, nics), { nics }, installation);
    const ports = byDefender.get(machine.id) ?? byRules?.ports;
    const firewall = firewallOf?.(nics);
    const facts = {
      cloud: 'azure',
      isProtected: ports !== undefined,
      hasGroup: nics.some(({ groups }) => groups.length > 0),
      groupAllows: nics.flatMap((nic) => allowsIn(network, nic)),
      standing: standingIn(
        network,
        nics,
        (ports ?? []).map(({ port }) => port),
        installation,
      ),
      ...(firewall ? { firewall } : {}),
    } as const;
    return { machine, ...decide(facts) };
  });
  if (firewallOf) return { machines: judged, unread: [] };
  azure.log.warn({ subscription: site.id }, 'the firewalls of a subscription may not be read');
  return { machines: judged, unread: [`the routes and firewalls of subscription ${site.id}`] };
}

/** Undefined where the role does not let us: then machines are judged as if no firewall stood there, and it is said. */
async function orDenied<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof JitError && error.code === 'cloudDenied') return undefined;
    throw error;
  }
}

/** NB. The diagram asks whether the groups have such rules, not whether they have an effect. */
function allowsIn(network: Network, nic: Nic): readonly StandingRule[] {
  return [...groupsOf(network, [nic]).values()]
    .flat()
    .filter(
      ({ access, priority, destinations }) =>
        access === 'allow' && priority <= LAST_CUSTOM && nic.addresses.some((address) => covers(destinations, address)),
    )
    .flatMap((rule) =>
      MANAGEMENT_PORTS.filter((port) => coversPort(rule, port) && coversProtocol(rule, port)).flatMap((port) =>
        rule.sources.map((source) => ({ port, source, through: rule.name })),
      ),
    );
}

/** What opens these ports in effect, leases aside. */
function standingIn(
  network: Network,
  nics: readonly Nic[],
  ports: readonly Port[],
  installation: string,
): readonly StandingRule[] {
  const lease = prefixOf(installation, 'allow');
  const isLease = (rule: NsgRule) => isDefenders(rule) || rule.name.toLowerCase().startsWith(lease);
  const ways = nics.flatMap((nic) => {
    const gates = [...groupsOf(network, [nic]).values()].map((rules) => rules.filter((rule) => !isLease(rule)));
    return nic.addresses.flatMap((address) => ports.flatMap((port) => waysTo(gates, address, port)));
  });
  return uniqueWays(ways);
}

function groupsOf({ groups }: Network, nics: readonly Nic[]): Groups {
  return new Map(nics.flatMap((nic) => nic.groups).map((id) => [id, groups.get(id) ?? []]));
}

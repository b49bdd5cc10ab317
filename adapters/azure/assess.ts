import { type AssessedMachine, assess as decide } from '../../src/core/machine/assessment.ts';
import { MANAGEMENT_PORTS, type Port } from '../../src/core/rule/port.ts';
import type { StandingRule } from '../../src/core/rule/rule.ts';
import { outcomesOf } from '../../src/kit/outcome.ts';
import type { Assessed } from '../../src/ports/assessor.ts';
import type { Subscription } from './arm/clients.ts';
import type { Azure } from './arm/context.ts';
import { covers, uniqueWays } from './arm/evaluate.ts';
import { type ArmId, partsOf } from './arm/ids.ts';
import { groupsBefore, readSiteNetwork, type SiteNetwork } from './arm/interfaces.ts';
import { readMachines } from './arm/inventory.ts';
import type { Nic, Subnet } from './arm/machine.ts';
import { coversPort, coversProtocol, isDefenders } from './arm/nsg-rules.ts';
import { ALL_BACKENDS, backendAt } from './backends.ts';
import { type Opinions, readOpinions } from './defender/opinions.ts';
import type { LeadingFirewalls } from './firewall/leading.ts';
import { behindPrefix } from './firewall/names.ts';
import { surveyFirewalls } from './firewall/survey.ts';
import { prefixOf } from './nsg/names.ts';
import { factsOf, unplaced } from './reach/facts.ts';
import { type Networks, networksFrom, readNetworkLists, withSubnets } from './reach/networks.ts';
import { orDenied } from './reach/or-unknown.ts';
import { waysIn } from './reach/ways-in.ts';

/** Rules that people write have numbers up to this; behind them come Azure's own (“SiteNetwork security groups”). */
const LAST_CUSTOM = 4096;

/** Judges all machines of all subscriptions: a few lists for each, and one query of Resource Graph. */
export async function assess(azure: Azure, signal: AbortSignal): Promise<Assessed> {
  const { subscriptions, log } = azure;
  const [{ done, failed }, opinions] = await Promise.all([
    outcomesOf(subscriptions, (site) => assessSite(azure, site, signal)),
    readOpinions(azure, signal),
  ]);
  const [first] = failed;
  if (first && done.length === 0) throw first.error;
  for (const { of, error } of failed) log.warn({ subscription: of.id, error }, 'a subscription could not be assessed');
  return {
    machines: done.flatMap(({ value }) => value.machines).map((one) => withOpinion(one, opinions)),
    unserved: done.flatMap(({ value }) => value.unserved ?? []),
    unread: [...failed.map(({ of }) => `subscription ${of.id}`), ...done.flatMap(({ value }) => value.unread)],
  };
}

function withOpinion(one: AssessedMachine, opinions: Opinions): AssessedMachine {
  const opinion = opinions.get(one.machine.id);
  return opinion ? { ...one, opinion } : one;
}

async function assessSite(azure: Azure, site: Subscription, signal: AbortSignal): Promise<Assessed> {
  const { installation } = azure;
  // Whoever may not read this may read nothing of the rest.
  const { machines, unserved } = await readMachines(site, signal);
  const [network, lists] = await Promise.all([readSiteNetwork(site, signal), readNetworkLists(site, signal)]);
  // Without the right to read them machines are judged as if no firewall stood there, and it is said.
  const firewalls = await orDenied(surveyFirewalls(azure, lists, signal));
  const networksOf = networksFrom(azure, lists, signal);
  const current = backendAt(site);
  // What another backend protected is protected all the same.
  const protections = await Promise.all(
    [current, ...ALL_BACKENDS.filter((backend) => backend !== current)].map((backend) =>
      backend.protections(azure, { site, network, isCurrent: backend === current }, signal),
    ),
  );
  const judged = await Promise.all(
    machines.map(async (machine) => {
      const nics = withSubnets(network.nics.get(machine.id) ?? [], lists);
      const ports = protections.map((of) => of(machine.id)).find((found) => found !== undefined);
      const firewall = firewalls?.before(nics);
      const hasGroup = nics.some((nic) => nic.group !== undefined || nic.subnets.some(isGuarded));
      // What Microsoft's diagram leaves out: what is in effect where it asks no further.
      const asked = ports?.map(({ port }) => port) ?? (hasGroup || firewall ? [] : MANAGEMENT_PORTS);
      const networks = asked.length > 0 ? await networksOf(nics) : new Map();
      const leading = (asked.length > 0 && (await firewalls?.leading(nics))) || new Map();
      const facts = {
        cloud: 'azure',
        isProtected: ports !== undefined,
        hasGroup,
        groupAllows: nics.flatMap((nic) => allowsIn(network, nic)),
        unread: [...unreadOf(network, nics), ...(firewall?.unread ?? []), ...(firewalls?.unread(nics) ?? [])],
        standing: standingIn(
          { network, networks, installation, leading, isBehind: firewall !== undefined },
          nics,
          asked,
        ),
        ...(firewall ? { firewall } : {}),
      } as const;
      return { machine, ...decide(facts) };
    }),
  );
  if (firewalls?.sites.has(site.id.toLowerCase()) && lists.isWhole) return { machines: judged, unread: [], unserved };
  azure.log.warn({ subscription: site.id }, 'the networks and firewalls of a subscription may not be read');
  return { machines: judged, unread: [`the networks, routes, and firewalls of subscription ${site.id}`], unserved };
}

/** Could it be that a group stands there? */
function isGuarded({ group, isUnread }: Subnet): boolean {
  return group !== undefined || isUnread === true;
}

/** Groups and subnets that are named and in no list. */
function unreadOf({ groups }: SiteNetwork, nics: readonly Nic[]): readonly string[] {
  const named = nics.flatMap((nic) => nic.groups).filter((id) => !groups.has(id));
  const subnets = nics.flatMap((nic) => nic.subnets).filter(({ isUnread }) => isUnread);
  return [
    ...new Set([
      ...named.map((id) => `network security group ${partsOf(id).name}`),
      ...subnets.map(({ id }) => `subnet ${partsOf(id).name}`),
    ]),
  ];
}

/** NB. The diagram asks whether the groups have such rules, not whether they have an effect. */
function allowsIn(network: SiteNetwork, nic: Nic): readonly StandingRule[] {
  return [...groupsBefore(network, [nic]).values()]
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

interface Around {
  readonly network: SiteNetwork;
  readonly networks: Networks;
  readonly installation: string;
  readonly leading: LeadingFirewalls;
  /** Is a firewall in front that is known? */
  readonly isBehind: boolean;
}

/** What opens these ports in effect, or may, leases aside. */
function standingIn(
  { network, networks, installation, leading, isBehind }: Around,
  nics: readonly Nic[],
  ports: readonly Port[],
): readonly StandingRule[] {
  const lease = prefixOf(installation, 'allow');
  const isLease = (group: ArmId, name: string) =>
    name.toLowerCase().startsWith(lease) ||
    (network.groups.get(group) ?? []).some((rule) => rule.name === name && isDefenders(rule));
  const behind = behindPrefix(installation);
  const isOurs = (group: ArmId, name: string) => isLease(group, name) || name.toLowerCase().startsWith(behind);
  const ways = nics.flatMap((nic) => {
    const asked = { without: isOurs, withoutBehind: isLease, firewalls: leading.get(nic.id) ?? [] };
    const parts = factsOf(nic, network.groups, networks, isBehind);
    return parts.flatMap((part) => ports.map((port) => waysIn(part, port, asked)));
  });
  const unknown = nics.flatMap(unplaced).flatMap((through) => ports.map((port) => ({ port, source: '', through })));
  return uniqueWays([...ways.flatMap(({ open, mayOpen }) => [...open, ...mayOpen]), ...unknown]);
}

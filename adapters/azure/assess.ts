import { JitError } from '../../src/core/errors/errors.ts';
import { type AssessedMachine, assess as decide } from '../../src/core/machine/assessment.ts';
import { MANAGEMENT_PORTS, type Port } from '../../src/core/rule/port.ts';
import type { StandingRule } from '../../src/core/rule/rule.ts';
import { outcomesOf } from '../../src/kit/outcome.ts';
import type { Assessed } from '../../src/ports/assessor.ts';
import type { Subscription } from './arm/clients.ts';
import type { Azure } from './arm/context.ts';
import { covers, uniqueWays, waysTo } from './arm/evaluate.ts';
import { groupsBefore, readSiteNetwork, type SiteNetwork } from './arm/interfaces.ts';
import { readMachines } from './arm/inventory.ts';
import type { Nic } from './arm/machine.ts';
import { coversPort, coversProtocol, isDefenders, type NsgRule } from './arm/nsg-rules.ts';
import { ALL_BACKENDS, backendAt } from './backends.ts';
import { type Opinions, readOpinions } from './defender/opinions.ts';
import { surveyFirewalls } from './firewall/survey.ts';
import { prefixOf } from './nsg/names.ts';

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
  const machines = await readMachines(site, signal);
  const [network, firewallOf] = await Promise.all([
    readSiteNetwork(site, signal),
    orDenied(surveyFirewalls(azure, site, signal)),
  ]);
  const current = backendAt(site);
  // What another backend protected is protected all the same.
  const protections = await Promise.all(
    [current, ...ALL_BACKENDS.filter((backend) => backend !== current)].map((backend) =>
      backend.protections(azure, { site, network, isCurrent: backend === current }, signal),
    ),
  );
  const judged = machines.map((machine) => {
    const nics = network.nics.get(machine.id) ?? [];
    const ports = protections.map((of) => of(machine.id)).find((found) => found !== undefined);
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

/** What opens these ports in effect, leases aside. */
function standingIn(
  network: SiteNetwork,
  nics: readonly Nic[],
  ports: readonly Port[],
  installation: string,
): readonly StandingRule[] {
  const lease = prefixOf(installation, 'allow');
  const isLease = (rule: NsgRule) => isDefenders(rule) || rule.name.toLowerCase().startsWith(lease);
  const ways = nics.flatMap((nic) => {
    const gates = [...groupsBefore(network, [nic]).values()].map((rules) => rules.filter((rule) => !isLease(rule)));
    return nic.addresses.flatMap((address) => ports.flatMap((port) => waysTo(gates, address, port)));
  });
  return uniqueWays(ways);
}

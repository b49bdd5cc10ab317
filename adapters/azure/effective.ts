import type { EffectiveNetworkSecurityGroup } from '@azure/arm-network';
import { JitError } from '../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../src/core/language/instant.ts';
import type { Port } from '../../src/core/rule/port.ts';
import type { EffectivePort, StandingRule } from '../../src/core/rule/rule.ts';
import { isPrivateWord } from '../../src/core/rule/source.ts';
import { type Azure, siteOf } from './arm/context.ts';
import { type Gate, waysTo } from './arm/evaluate.ts';
import { type ArmId, partsOf } from './arm/ids.ts';
import type { Nic, Vm } from './arm/machine.ts';
import { coversPort, coversProtocol, toRules } from './arm/nsg-rules.ts';
import type { InFront } from './standing.ts';

/** The platform works the effective rules out when asked, which takes seconds. */
const EFFECTIVE_MS = 20 * SECOND_MS;
const POLL_MS = SECOND_MS;

/** The SDK has no name for it. */
const ALWAYS: string = 'AlwaysAllow';

/** One group in front of an interface, with its rules in the order in which they are judged. */
interface NamedGroup {
  readonly group: ArmId | undefined;
  readonly rules: Gate;
}

/** Which ports the rules in effect open, ours left aside. */
export async function effectivePorts(
  azure: Azure,
  { vm, ports, inFront }: { readonly vm: Vm; readonly ports: readonly Port[]; readonly inFront: InFront },
  signal: AbortSignal,
): Promise<readonly EffectivePort[]> {
  const unknown = (through: string) => ports.map((port): EffectivePort => ({ port, state: 'unknown', through }));
  if (!vm.runs) return unknown('the machine is not running, and only then Azure tells which rules are in effect');
  try {
    const all = await Promise.all(
      vm.nics.map(async (nic) => ({ nic, groups: await readEffective(azure, nic, signal) })),
    );
    return ports.map((port) => {
      if (all.some(({ groups }) => isManaged(groups, port)))
        return { port, state: 'unknown', through: 'the platform says that a network manager lets all through' };
      const [way] = all.flatMap(({ nic, groups }) => waysPast(nic, groupsOf(groups), port, inFront));
      if (!way) return { port, state: 'closed' };
      // What the rules say as they are written was that it is closed: two witnesses that do not agree prove nothing.
      const told = { machine: vm.machine.id, port: port.number, written: 'closed', inEffect: way };
      azure.log.warn(told, 'the rules of a machine as they are written and in effect disagree');
      return { port, state: 'unknown', through: `the platform says that ${way.through} lets ${way.source} in` };
    });
  } catch (error) {
    // A quota comes back soon; anything else may never be answered, and then it is said that nobody can tell.
    if (signal.aborted || !(error instanceof JitError) || error.code === 'cloudBusy') throw error;
    azure.log.warn({ machine: vm.machine.id, error }, 'the effective rules of a machine could not be read');
    return unknown('Azure did not tell which rules are in effect');
  }
}

function readEffective(
  azure: Azure,
  { id }: Nic,
  signal: AbortSignal,
): Promise<readonly EffectiveNetworkSecurityGroup[]> {
  const { group, name } = partsOf(id);
  return siteOf(azure, id).read(
    signal,
    async ({ network }, { abortSignal }) => {
      const poller = network.networkInterfaces.listEffectiveNetworkSecurityGroups(group, name, { abortSignal });
      await poller.submitted();
      while (!poller.isDone) {
        // NB. Azure tells pollers to wait for ten seconds; mostly the answer is there sooner.
        await azure.pause(POLL_MS, abortSignal);
        await poller.poll({ abortSignal });
      }
      return poller.result?.value ?? [];
    },
    EFFECTIVE_MS,
  );
}

function groupsOf(groups: readonly EffectiveNetworkSecurityGroup[]): readonly NamedGroup[] {
  return groups
    .filter(({ association }) => !association?.networkManager)
    .map(({ networkSecurityGroup, effectiveSecurityRules = [] }) => ({
      group: networkSecurityGroup?.id?.toLowerCase(),
      rules: toRules(effectiveSecurityRules).map(({ sources, destinations, ...rule }) => ({
        ...rule,
        sources: sources.map(ofBothFamilies),
        destinations: destinations.map(ofBothFamilies),
      })),
    }));
}

/**
 * Here Azure tells `*` as `0.0.0.0/0`, and not always `::/0` with it. Which families a rule takes is known from the group
 * itself, which was judged before.
 */
function ofBothFamilies(prefix: string): string {
  return prefix === '0.0.0.0/0' ? '*' : prefix;
}

/** What passes the groups in effect, ours left aside; behind a firewall only what is inside comes without it. */
function waysPast(
  nic: Nic,
  gates: readonly NamedGroup[],
  port: Port,
  { firewalls, isOurs }: InFront,
): readonly StandingRule[] {
  const others = gates.map(({ group, rules }) => rules.filter(({ name }) => !isOurs(group, name)));
  const isInside = ({ source }: StandingRule) => source.toLowerCase() === 'virtualnetwork' || isPrivateWord(source);
  const ways = nic.addresses.flatMap((address) => waysTo(others, address, port));
  return firewalls.has(nic.id) ? ways.filter(isInside) : ways;
}

/** Security admin rules are judged before the groups, and these may let through what the groups deny. */
function isManaged(groups: readonly EffectiveNetworkSecurityGroup[], port: Port): boolean {
  return groups
    .filter(({ association }) => association?.networkManager)
    .flatMap(({ effectiveSecurityRules = [] }) => effectiveSecurityRules.filter(({ access }) => access === ALWAYS))
    .some((rule) => toRules([rule]).some((one) => coversPort(one, port) && coversProtocol(one, port)));
}

import type { Trace, TracedWay, TraceStep } from '../../src/core/machine/trace.ts';
import type { OrUnknown } from '../../src/core/packet/read.ts';
import type { Rule } from '../../src/core/rule/rule.ts';
import { contains, familyOf, isGroup, isPrivate, parseSource, sourceText } from '../../src/core/rule/source.ts';
import type { Aws } from './ec2/context.ts';
import { readProtected } from './ec2/protected.ts';
import { attachedGroups } from './ec2/security-group.ts';
import { rulesOf } from './ec2/standing.ts';
import { addressesOf, ownAddresses } from './reach/facts.ts';
import type { InstanceAddress, InstanceInterface } from './reach/model.ts';
import { orUnknown } from './reach/or-unknown.ts';
import { inwardBy } from './reach/routes.ts';
import { gatewaySteps, groupStep, subnetSteps } from './reach/trace.ts';
import { hiddenGroups, interfacesFor, takesPort } from './standing.ts';

/** What a packet meets on each way to a port of an instance, as everything is now. */
export async function trace(aws: Aws, asked: Rule, signal: AbortSignal): Promise<Trace> {
  const { site, instance, machine } = await readProtected(aws, asked.machine, signal);
  const rules = await rulesOf(site, attachedGroups(instance).keys(), signal);
  const taking = rules.filter((rule) => takesPort(rule, asked.port));
  const hidden = await hiddenGroups(aws, site, { instance, rules }, signal);
  const nics = await interfacesFor(aws, site, { instance, rules: taking, hidden, isEvery: true }, signal);
  const power = powerSteps(instance.State?.Name);
  const waysFrom = (source: string) =>
    nics.flatMap((nic) => nic.addresses.flatMap((one) => wayTo(nic, one, { ...asked, source }, power) ?? []));
  if (!isGroup(asked.source)) return { machine, ways: waysFrom(asked.source) };
  const bearing = await orUnknown(`who bears ${asked.source}`, () => site.now.interfaces(asked.source, signal));
  const own = ownAddresses(instance);
  const members = ('is' in bearing ? bearing.is : []).flatMap(addressesOf).filter(({ address }) => !own.has(address));
  const ways = members.slice(0, MOST_MEMBERS).flatMap(({ address }) => {
    return waysFrom(parseSource(address) ?? address).map((way) => ({ ...way, to: `${way.to}, from ${address}` }));
  });
  return { machine, ways: ways.length > 0 ? ways : [withoutMembers(asked.source, bearing)] };
}

/** Of a group its members are asked about, each as the single address that it is: so many at most. */
const MOST_MEMBERS = 8;

function withoutMembers(group: string, bearing: OrUnknown<unknown>): TracedWay {
  const at = sourceText(group);
  const step: TraceStep =
    'unknown' in bearing
      ? { at, passing: 'unknown', because: `${bearing.unknown} could not be read` }
      : {
          at,
          passing: 'stopped',
          because: 'nothing that can get here bears it',
          remedy: 'Put it on what should get in.',
        };
  return { to: 'the machine', steps: [step] };
}

function powerSteps(state: string | undefined): readonly TraceStep[] {
  if (state === 'running') return [];
  const remedy = 'Start it in AWS; Drawbridge starts no machines.';
  return [{ at: 'machine', passing: 'stopped', because: `it is ${state ?? 'in no state that is known'}`, remedy }];
}

/** Undefined where this source cannot come to this address: another family, or the Internet where it has no public one. */
function wayTo(
  nic: InstanceInterface,
  one: InstanceAddress,
  asked: Rule,
  power: readonly TraceStep[],
): TracedWay | undefined {
  const { address, family, publicAddress } = one;
  if (familyOf(asked.source) !== family) return undefined;
  const isInside = isPrivate(asked.source) || isNear(nic, asked.source);
  if (!isInside && publicAddress === undefined && family === 'ipv4') return undefined;
  const kind = isInside ? 'network' : 'internet';
  const to = isInside ? `${address}, over the network` : `public address ${publicAddress ?? address}`;
  const before = isInside ? [] : gatewaySteps(nic, one);
  const [acl, ...back] = subnetSteps(nic, asked, kind);
  return { to, steps: [...before, ...(acl ? [acl] : []), groupStep(nic, asked, kind), ...power, ...back] };
}

/** Is it in the VPC, or in a network that a route names? */
function isNear({ routes, vpc }: InstanceInterface, source: string): boolean {
  const led = 'is' in routes ? inwardBy(routes.is).flatMap(({ isSure, from }) => (isSure ? [from] : [])) : [];
  return [...vpc, ...led].some((one) => {
    const prefix = parseSource(one);
    return prefix !== undefined && contains(prefix, source);
  });
}

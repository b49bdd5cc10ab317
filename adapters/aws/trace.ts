import type { Trace, TracedWay, TraceStep } from '../../src/core/machine/trace.ts';
import type { Rule } from '../../src/core/rule/rule.ts';
import { contains, familyOf, isPrivate, parseSource } from '../../src/core/rule/source.ts';
import type { Aws } from './ec2/context.ts';
import { readProtected } from './ec2/protected.ts';
import { attachedGroups } from './ec2/security-group.ts';
import { rulesOf } from './ec2/standing.ts';
import type { InstanceAddress, InstanceInterface } from './reach/model.ts';
import { gatewaySteps, groupStep, subnetSteps } from './reach/trace.ts';
import { interfacesFor, takesPort } from './standing.ts';

/** What a packet meets on each way to a port of an instance, as everything is now. */
export async function trace(aws: Aws, asked: Rule, signal: AbortSignal): Promise<Trace> {
  const { site, instance, machine } = await readProtected(aws, asked.machine, signal);
  const rules = await rulesOf(site, attachedGroups(instance).keys(), signal);
  const taking = rules.filter((rule) => takesPort(rule, asked.port));
  const nics = await interfacesFor(aws, site, { instance, rules: taking, isEvery: true }, signal);
  const power = powerSteps(instance.State?.Name);
  return { machine, ways: nics.flatMap((nic) => nic.addresses.flatMap((one) => wayTo(nic, one, asked, power) ?? [])) };
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

function isNear({ routes }: InstanceInterface, source: string): boolean {
  const near =
    'is' in routes
      ? routes.is.filter(({ target, destination }) => target === 'local' || !destination.endsWith('/0'))
      : [];
  return near.some(({ destination, target }) => {
    const prefix = parseSource(destination);
    return prefix !== undefined && /^(?:local|pcx-|tgw-|vgw-)/.test(target) && contains(prefix, source);
  });
}

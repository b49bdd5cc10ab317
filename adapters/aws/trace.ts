import type { InstanceNetworkInterface, SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { Trace, TracedWay, TraceStep } from '../../src/core/machine/trace.ts';
import type { Rule } from '../../src/core/rule/rule.ts';
import { contains, familyOf, isPrivate, parseSource } from '../../src/core/rule/source.ts';
import type { Aws } from './ec2/context.ts';
import { readProtected } from './ec2/protected.ts';
import { reaches, sourceOf } from './ec2/rule.ts';
import { attachedGroups } from './ec2/security-group.ts';
import { rulesOf } from './ec2/standing.ts';
import { addressesOf, subnetsAt } from './hindrances.ts';
import type { InstanceAddress, SubnetFacts, WayToInstance } from './reach/model.ts';
import { subnetSteps } from './reach/trace.ts';

const REQUEST = 'An approved request opens a group of Drawbridge on it.';

/** What a packet meets on each way to a port of an instance, as everything is now. */
export async function trace(aws: Aws, asked: Rule, signal: AbortSignal): Promise<Trace> {
  const { site, instance, machine } = await readProtected(aws, asked.machine, signal);
  const names = attachedGroups(instance);
  const rules = await rulesOf(site, names.keys(), signal);
  const power = powerSteps(instance.State?.Name);
  const ways = await Promise.all(
    (instance.NetworkInterfaces ?? []).map(async (nic): Promise<readonly TracedWay[]> => {
      const around = await subnetsAt(aws, site).of(nic.SubnetId ?? '', nic.VpcId ?? '', signal);
      const met = (kind: WayToInstance['kind']) => [groupStep(nic, { asked, rules, names, kind }), ...power];
      return addressesOf(nic).flatMap((address) => wayTo(address, asked, around, met) ?? []);
    }),
  );
  return { machine, ways: ways.flat() };
}

function powerSteps(state: string | undefined): readonly TraceStep[] {
  if (state === 'running') return [];
  const remedy = 'Start it in AWS; Drawbridge starts no machines.';
  return [{ at: 'machine', passing: 'stopped', because: `it is ${state ?? 'in no state that is known'}`, remedy }];
}

/** Undefined where this source cannot come to this address: another family, or the Internet where it has no public one. */
function wayTo(
  { address, family, publicAddress }: InstanceAddress,
  asked: Rule,
  around: SubnetFacts,
  met: (kind: WayToInstance['kind']) => readonly TraceStep[],
): TracedWay | undefined {
  if (familyOf(asked.source) !== family) return undefined;
  const isInside = isPrivate(asked.source) || isNear(around, asked.source);
  if (!isInside && publicAddress === undefined && family === 'ipv4') return undefined;
  const kind = isInside ? 'network' : 'internet';
  const to = isInside ? `${address}, over the network` : `public address ${publicAddress ?? address}`;
  const [acl, ...back] = subnetSteps(around, asked, kind);
  return { to, steps: [...(acl ? [acl] : []), ...met(kind), ...back] };
}

function isNear({ routes }: SubnetFacts, source: string): boolean {
  const near =
    'is' in routes
      ? routes.is.filter(({ target, destination }) => target === 'local' || !destination.endsWith('/0'))
      : [];
  return near.some(({ destination, target }) => {
    const prefix = parseSource(destination);
    return prefix !== undefined && /^(?:local|pcx-|tgw-|vgw-)/.test(target) && contains(prefix, source);
  });
}

interface InGroups {
  readonly asked: Rule;
  readonly rules: readonly SecurityGroupRule[];
  readonly names: ReadonlyMap<string, string>;
  readonly kind: WayToInstance['kind'];
}

/** One rule of any group of the interface is enough. */
function groupStep({ Groups = [] }: InstanceNetworkInterface, { asked, rules, names, kind }: InGroups): TraceStep {
  const ids = Groups.flatMap(({ GroupId }) => GroupId ?? []);
  const named = ids.map((id) => names.get(id) ?? id);
  const at = `security ${ids.length === 1 ? 'group' : 'groups'} ${named.join(', ')}`;
  const own = rules.filter((rule) => ids.includes(rule.GroupId ?? '') && reaches(rule, asked.port));
  const ruleText = (rule: SecurityGroupRule) =>
    `rule ${rule.SecurityGroupRuleId} of ${names.get(rule.GroupId ?? '') ?? rule.GroupId}, from ${sourceOf(rule)},`;
  const through = own.find((rule) => {
    const prefix = parseSource(sourceOf(rule));
    return prefix !== undefined && contains(prefix, asked.source);
  });
  if (through) return { at, passing: 'passes', because: `${ruleText(through)} allows it` };
  const perhaps = own.find((rule) => {
    const prefix = parseSource(sourceOf(rule));
    // Over the Internet nobody is a member of a group ("Security group referencing").
    if (prefix === undefined) return kind === 'network' || !rule.ReferencedGroupInfo;
    return contains(asked.source, prefix);
  });
  if (perhaps) return { at, passing: 'unknown', because: `${ruleText(perhaps)} may allow it` };
  return { at, passing: 'stopped', because: 'no rule allows it', remedy: REQUEST };
}

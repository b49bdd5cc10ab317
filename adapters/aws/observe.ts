import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { MachineId } from '../../src/core/machine/machine.ts';
import { MANAGEMENT_PORTS, uniquePorts } from '../../src/core/rule/port.ts';
import type { Observed, Placement } from '../../src/core/rule/rule.ts';
import type { MachineState } from '../../src/ports/cloud.ts';
import type { Aws } from './ec2/context.ts';
import { foreignTo } from './ec2/foreign.ts';
import { groupRef, instanceRef } from './ec2/ids.ts';
import { readProtected } from './ec2/protected.ts';
import { attachedGroups, groupName, instanceOfGroup, isDefenders } from './ec2/security-group.ts';
import { rulesOf } from './ec2/standing.ts';
import { hindrancesOf } from './hindrances.ts';
import { addressesOpened, locateIn } from './lease/locate.ts';
import { foundRule, isLeaseGroup, STRATEGIES, strategyOf } from './lease/strategies.ts';
import { standingAt } from './standing.ts';

/** One machine with its protection, and what else opens its protected ports (the management ports, when there is none). */
export async function look(aws: Aws, id: MachineId, signal: AbortSignal): Promise<MachineState> {
  const reading = await readProtected(aws, id, signal);
  const { site, instance, machine, jitGroup, protection } = reading;
  const ref = instanceRef(id);
  const others = new Map(
    [...attachedGroups(instance)].filter(
      ([group, name]) => group !== jitGroup && !isLeaseGroup(aws.installation, name, ref.instance),
    ),
  );
  // Where rules go is located by those of its own group: read with the others.
  const read = rulesOf(site, new Set([...others.keys(), ...(jitGroup === undefined ? [] : [jitGroup])]), signal);
  // Where leases have groups of their own nothing is ever opened in this one.
  const own = STRATEGIES[aws.settings.strategy].makesGroups ? undefined : jitGroup;
  const ports = protection ? protection.ports.map(({ port }) => port) : MANAGEMENT_PORTS;
  const isOurs = (group: string) => !others.has(group);
  const [all, standing, obstacle, { keptOut, warnings }] = await Promise.all([
    read,
    read.then((rules) => {
      const those = rules.filter(({ GroupId = '' }) => others.has(GroupId));
      return standingAt(aws, site, { instance, rules: those, ports, isOurs }, signal);
    }),
    own && foreignTo(aws, site, { id: own, name: groupName(aws.installation, ref.instance), ...ref }, signal),
    hindrancesOf(aws, site, { instance, name: machine.name }, signal),
  ]);
  const defenders = [...others.values()].find(isDefenders);
  return {
    machine,
    // EC2 gives an id once; when an instance was launched changes with each of its starts.
    identity: ref.instance,
    ...(protection ? { protection } : {}),
    standing: standing.ways,
    addresses: addressesOpened(aws, instance, jitGroup),
    keptOut,
    locate: (rules, within) =>
      locateIn(aws, { ...reading, there: all.filter(({ GroupId }) => GroupId === jitGroup) }, rules, within),
    ...(warnings.length > 0 ? { warnings } : {}),
    ...(obstacle ? { against: [obstacle] } : {}),
    ...(defenders === undefined ? {} : { otherJit: { by: 'Defender for Cloud', through: defenders } }),
  };
}

/** What is in our groups, what else opens the ports of these placements, and whether they are open without us. */
export async function observe(
  aws: Aws,
  machine: MachineId,
  placements: readonly Placement[],
  signal: AbortSignal,
): Promise<Observed> {
  const ref = instanceRef(machine);
  const site = aws.sites.ofOpen(ref);
  const instance = await site.now.instance(ref.instance, signal);
  const attached = attachedGroups(instance);
  // The recorded groups, even where they are attached to nothing any more, and those that are there now, by id and name.
  const recorded = await Promise.all(
    [...Map.groupBy(placements, ({ at }) => groupRef(at).group)].map(
      async ([group, [first]]): Promise<[string, string]> => {
        return [(first && (await strategyOf(first).idOf(site, group, signal))) ?? '', group];
      },
    ),
  );
  const isOur = ([, name]: readonly [string, string]) => instanceOfGroup(aws.installation, name) === ref.instance;
  const own = new Map([...recorded.filter(([id]) => id !== ''), ...[...attached].filter(isOur)]);
  const rules = await rulesOf(site, new Set([...own.keys(), ...attached.keys()]), signal);
  const ports = placements.length > 0 ? uniquePorts(placements.map(({ rule }) => rule.port)) : MANAGEMENT_PORTS;
  const isOwn = ({ GroupId = '' }: SecurityGroupRule) => own.has(GroupId);
  const isOurs = (group: string) => own.has(group);
  const standing = instance
    ? await standingAt(aws, site, { instance, rules, ports, isOurs }, signal)
    : { ways: [], ports: ports.map((port) => ({ port, state: 'closed' as const })) };
  const cloudNow = site.cloudNow();
  return {
    ours: rules.filter(isOwn).map((rule) => {
      const group = rule.GroupId ?? '';
      const { until, ...found } = foundRule(aws, site, { machine, id: group, name: own.get(group) }, rule);
      // NB. Without an end it is opened again: in a group that is on no interface it opens nothing.
      const isInForce = strategyOf(found.placement).isInForce(instance, group);
      return { ...found, ...(until === undefined || !isInForce ? {} : { until }) };
    }),
    others: standing.ways,
    effective: standing.ports,
    ...(cloudNow === undefined ? {} : { cloudNow }),
  };
}

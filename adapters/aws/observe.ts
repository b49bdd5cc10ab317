import type { Instance, SecurityGroupRule } from '@aws-sdk/client-ec2';
import { JitError } from '../../src/core/errors/errors.ts';
import type { Machine, MachineId } from '../../src/core/machine/machine.ts';
import { MANAGEMENT_PORTS, type Port, portText, uniquePorts } from '../../src/core/rule/port.ts';
import type { EffectivePort, Observed, Placement, Rule, StandingRule } from '../../src/core/rule/rule.ts';
import { familyOf } from '../../src/core/rule/source.ts';
import type { MachineState, Protection } from '../../src/ports/cloud.ts';
import type { Aws } from './ec2/context.ts';
import { groupRef, instanceRef } from './ec2/ids.ts';
import { toMachine } from './ec2/machines.ts';
import { mustHaveRoom, mustHoldMore } from './ec2/quotas.ts';
import { portOf, reaches, sourceOf } from './ec2/rule.ts';
import {
  attachedGroups,
  attachedJitGroup,
  instanceOfGroup,
  isDefenders,
  primaryInterface,
  protectionOf,
  readGroup,
} from './ec2/security-group.ts';
import type { Site } from './ec2/sites.ts';
import {
  findNamed,
  isAttached,
  isLeaseGroup,
  leaseGroupName,
  PER_REQUEST,
  placementPerRequest,
} from './lease/group.ts';
import { markedRule, placementIn } from './lease/marked.ts';

/** A machine's instance with all that lets traffic in, as EC2 shows it now. */
interface Reading {
  readonly site: Site;
  readonly instance: Instance;
  readonly machine: Machine;
  /** Our group on the primary interface. */
  readonly jitGroup?: string;
  readonly protection?: Protection;
}

async function read(aws: Aws, id: MachineId, signal: AbortSignal): Promise<Reading> {
  const ref = instanceRef(id);
  const site = aws.sites.find(ref);
  const instance = await site?.now.instance(ref.instance, signal);
  const machine = site && instance && toMachine(site, instance);
  if (!site || !instance || !machine) throw new JitError('machineGone', { machine: ref.instance });
  const jitGroup = attachedJitGroup(instance, aws.installation);
  if (jitGroup === undefined) return { site, instance, machine };
  const protection = protectionOf(await readGroup(site, jitGroup, signal), aws.installation);
  if (!protection) aws.log.warn({ machine: id, group: jitGroup }, 'the protection of a machine cannot be read');
  return { site, instance, machine, jitGroup, ...(protection ? { protection } : {}) };
}

/** One machine with its protection, and what else opens its protected ports (the management ports, when there is none). */
export async function look(aws: Aws, id: MachineId, signal: AbortSignal): Promise<MachineState> {
  const { site, instance, machine, jitGroup, protection } = await read(aws, id, signal);
  const others = new Map(
    [...attachedGroups(instance)].filter(
      ([group, name]) => group !== jitGroup && !isLeaseGroup(aws.installation, name),
    ),
  );
  const rules = await rulesOf(site, others.keys(), signal);
  const ports = protection ? protection.ports.map(({ port }) => port) : MANAGEMENT_PORTS;
  const defenders = [...others.values()].find(isDefenders);
  return {
    machine,
    ...(protection ? { protection } : {}),
    standing: standingRules(rules, others, ports),
    ...(defenders === undefined ? {} : { otherJit: { by: 'Defender for Cloud', through: defenders } }),
  };
}

/** AccountRegion rules of one machine go: its JIT group. */
export async function locate(aws: Aws, rules: readonly Rule[], signal: AbortSignal): Promise<readonly Placement[]> {
  const [first] = rules;
  if (!first) return [];
  const { site, instance, machine, jitGroup, protection } = await read(aws, first.machine, signal);
  const ports = protection?.ports.map(({ port }) => portText(port)) ?? [];
  if (aws.settings.strategy === 'perRequest' && jitGroup !== undefined && !hasGroupFor(aws, instance, first))
    await mustHaveRoom(aws, site, instance, signal);
  if (aws.settings.strategy === 'dedicated' && jitGroup !== undefined)
    await mustHoldMore(aws, site, mostOfAFamily(await site.now.rules(jitGroup, signal), rules), 0, signal);
  return rules.map((rule) => {
    const port = portText(rule.port);
    if (jitGroup === undefined || !ports.includes(port)) {
      const words = { machine: machine.name, port, protected: ports.join(', ') || 'nothing' };
      throw new JitError('notProtected', words);
    }
    if (!hasAddress(instance, familyOf(rule.source)))
      throw new JitError('machineUnreachable', { machine: machine.name });
    return aws.settings.strategy === 'perRequest'
      ? placementPerRequest(site, aws.installation, rule)
      : placementIn(site, jitGroup, rule);
  });
}

/** Rules that a group would have with these, of the family that has more. */
function mostOfAFamily(there: readonly SecurityGroupRule[], wanted: readonly Rule[]): number {
  const known = new Set(
    there.map((rule) => `${portText(portOf(rule) ?? { number: 0, protocol: 'tcp' })} ${sourceOf(rule)}`),
  );
  const added = wanted.filter(({ port, source }) => !known.has(`${portText(port)} ${source}`));
  const sources = [...there.map(sourceOf), ...added.map(({ source }) => source)];
  const six = sources.filter((source) => familyOf(source) === 'ipv6').length;
  return Math.max(six, sources.length - six);
}

function hasGroupFor({ installation }: Aws, instance: Instance, { source }: Rule): boolean {
  const name = leaseGroupName(installation, instance.InstanceId ?? '', source);
  return [...attachedGroups(instance).values()].includes(name);
}

function hasAddress(instance: Instance, family: 'ipv4' | 'ipv6'): boolean {
  const primary = primaryInterface(instance);
  return family === 'ipv4' ? primary?.PrivateIpAddress !== undefined : (primary?.Ipv6Addresses ?? []).length > 0;
}

/** What is in our groups, what else opens the ports of these placements, and whether they are open without us. */
export async function observe(
  aws: Aws,
  machine: MachineId,
  placements: readonly Placement[],
  signal: AbortSignal,
): Promise<Observed> {
  const ref = instanceRef(machine);
  const site = aws.sites.of(ref);
  const instance = await site.now.instance(ref.instance, signal);
  const attached = attachedGroups(instance);
  // The recorded groups, even where they are attached to nothing any more, and those that are there now, by id and name.
  const recorded = await Promise.all(
    [...new Set(placements.map(({ at }) => groupRef(at).group))].map(async (group): Promise<[string, string]> => {
      return [(await findNamed({ aws, site }, group, signal)) ?? '', group];
    }),
  );
  const isOur = ([, name]: readonly [string, string]) => instanceOfGroup(aws.installation, name) === ref.instance;
  const own = new Map([...recorded.filter(([id]) => id !== ''), ...[...attached].filter(isOur)]);
  const rules = await rulesOf(site, new Set([...own.keys(), ...attached.keys()]), signal);
  const ports = placements.length > 0 ? uniquePorts(placements.map(({ rule }) => rule.port)) : MANAGEMENT_PORTS;
  const isOwn = ({ GroupId = '' }: SecurityGroupRule) => own.has(GroupId);
  const others = standingRules(
    rules.filter((rule) => !isOwn(rule)),
    attached,
    ports,
  );
  const cloudNow = site.cloudNow();
  return {
    ours: rules.filter(isOwn).map((rule) => {
      const group = rule.GroupId ?? '';
      const { until, ...found } = markedRule(site, machine, rule, aws, own.get(group));
      // NB. Without an end it is opened again: in a group that is on no interface it opens nothing.
      const isInForce = found.placement.backend !== PER_REQUEST || isAttached(instance, group);
      return { ...found, ...(until === undefined || !isInForce ? {} : { until }) };
    }),
    others,
    effective: ports.map((port) => effectiveOf(port, others)),
    ...(cloudNow === undefined ? {} : { cloudNow }),
  };
}

async function rulesOf(
  site: Site,
  groups: Iterable<string>,
  signal: AbortSignal,
): Promise<readonly SecurityGroupRule[]> {
  return (await Promise.all([...groups].map((group) => site.now.rules(group, signal)))).flat();
}

/** All groups of an instance add up, and none can deny: each rule that reaches a port opens it. */
export function standingRules(
  rules: readonly SecurityGroupRule[],
  names: ReadonlyMap<string, string>,
  ports: readonly Port[],
): readonly StandingRule[] {
  return ports.flatMap((port) =>
    rules
      .filter((rule) => reaches(rule, port))
      .map((rule) => ({ port, source: sourceOf(rule), through: names.get(rule.GroupId ?? '') ?? rule.GroupId ?? '' })),
  );
}

function effectiveOf(port: Port, others: readonly StandingRule[]): EffectivePort {
  const open = others.find((rule) => portText(rule.port) === portText(port));
  return open ? { port, state: 'open', through: open.through } : { port, state: 'closed' };
}

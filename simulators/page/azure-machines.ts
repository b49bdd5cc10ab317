import type { AzureState, RuleState } from '../azure/state.ts';
import {
  alarmFor,
  type GroupView,
  isEverybody,
  type MachineView,
  managementPorts,
  oneAddress,
  type RuleView,
} from './machines.ts';

type Machine = AzureState['machines'][number];
type Nsg = AzureState['nsgs'][number];

/** What Drawbridge's mark begins with, in the justification of a request to Defender. */
const MARK = /\bdb1\.[a-z0-9]/;
/** The mark in the description of a rule that Drawbridge wrote itself; its end is a number in base 36. */
const OWN_MARK = /\bdb1\.[a-z0-9]+\.[a-z0-9-]+\.([0-9a-z]+)\./;
const OWN_NAME = /^drawbridge-.+-(allow|deny)-/;

const sameId = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
const anywhere = (texts: readonly string[]) => texts.some(isEverybody);

/** The subscription's machines, each with the groups in front of it and the inbound rules that concern it. */
export function azureMachines(state: AzureState): readonly MachineView[] {
  return state.machines.map((machine) => ({
    id: machine.id,
    name: machine.name,
    place: machine.location,
    address: machine.publicIps[0] ?? machine.privateIps[0] ?? '',
    running: machine.power === 'running',
    protectedPorts: protectedPorts(state, machine),
    groups: machine.nsgs.flatMap((name) =>
      state.nsgs.filter((nsg) => nsg.name === name).map((nsg) => groupOf(state, machine, nsg)),
    ),
  }));
}

function protectedPorts(state: AzureState, machine: Machine): readonly number[] {
  const entries = state.policies.flatMap((policy) => policy.machines).filter(({ id }) => sameId(id, machine.id));
  const denies = state.nsgs
    .filter(({ name }) => machine.nsgs.includes(name))
    .flatMap(({ rules }) => rules)
    .filter(({ name, access, destinations }) => {
      const isOurs = access === 'Deny' && OWN_NAME.test(name);
      return isOurs && destinations.some((to) => machine.privateIps.includes(to));
    });
  const numbers = [
    ...entries.flatMap(({ ports }) => ports.map(({ number }) => number)),
    ...denies.flatMap(({ ports }) => ports.map(Number)),
  ];
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function groupOf(state: AzureState, machine: Machine, nsg: Nsg): GroupView {
  const rules = nsg.rules.filter(
    (rule) => rule.direction === 'Inbound' && (isFor(machine, rule) || anywhere(rule.destinations)),
  );
  return {
    id: nsg.id,
    name: nsg.name,
    where: nsg.attachedTo.join(', '),
    rules: rules.map((rule, i) => ruleOf(state, machine, { nsg, rule, before: rules.slice(0, i) })),
  };
}

/** What is for the destination `Internet` is for no machine: none has a private address in there. */
function isFor({ privateIps }: Machine, { destinations }: RuleState): boolean {
  return destinations.some((to) => to === '*' || privateIps.includes(to));
}

interface Placed {
  readonly nsg: Nsg;
  readonly rule: RuleState;
  /** Those that Azure judges first. */
  readonly before: readonly RuleState[];
}

function ruleOf(state: AzureState, machine: Machine, { nsg, rule, before }: Placed): RuleView {
  const own = OWN_NAME.test(rule.name);
  const ours = rule.access === 'Allow' && (own || (rule.writer === 'defender' && isMarked(state, machine, rule)));
  const endMs = own ? endOf(rule) : rule.endMs;
  const alarm = isFor(machine, rule)
    ? alarmFor(
        openToAll(
          rule,
          before.filter((one) => isFor(machine, one)),
        ),
      )
    : undefined;
  const aside = isFor(machine, rule)
    ? undefined
    : `for the destination ${rule.destinations.join(', ')}, not for this machine`;
  return {
    key: `${nsg.id}/${rule.name}`,
    priority: rule.priority,
    name: rule.name,
    access: rule.access === 'Allow' ? 'allow' : 'deny',
    ports: anywhere(rule.ports) ? 'any' : rule.ports.join(', '),
    source: anywhere(rule.sources) ? 'anywhere' : rule.sources.map(oneAddress).join(', '),
    writer: own ? 'Drawbridge' : writerOf(rule, ours),
    ours,
    ...(ours && endMs !== undefined ? { endMs } : {}),
    ...(alarm ? { alarm } : {}),
    ...(aside ? { aside } : {}),
  };
}

/** The end that the rule's own mark carries (UTC ms). */
function endOf({ description }: RuleState): number | undefined {
  const end = OWN_MARK.exec(description)?.[1];
  return end === undefined ? undefined : Number.parseInt(end, 36);
}

/** Whether the request that made Defender write the rule bears our mark. */
function isMarked(state: AzureState, machine: Machine, { endMs, ports }: RuleState): boolean {
  return state.policies
    .flatMap(({ requests }) => requests)
    .filter(({ justification }) => MARK.test(justification ?? ''))
    .some((request) =>
      request.ports.some(
        (access) => sameId(access.vmId, machine.id) && access.endMs === endMs && ports.includes(String(access.number)),
      ),
    );
}

/** Management ports that this rule opens to everybody and that nothing before it denies. */
function openToAll(rule: RuleState, before: readonly RuleState[]): readonly number[] {
  if (rule.access !== 'Allow' || !anywhere(rule.sources)) return [];
  const denied = before.filter(({ access, sources }) => access === 'Deny' && anywhere(sources));
  const closed = denied.flatMap(({ ports }) => managementPorts(ports));
  return managementPorts(rule.ports).filter((port) => !closed.includes(port));
}

function writerOf({ writer, access }: RuleState, ours: boolean): string {
  if (ours) return 'through Defender';
  if (writer === 'customer') return 'a person';
  if (writer === 'other') return 'another program';
  return access === 'Deny' ? 'Defender' : 'Defender, asked in the portal';
}

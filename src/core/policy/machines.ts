import type { CloudName, Machine, OperatingSystem } from '../machine/machine.ts';
import { cloudOf, whereaboutsOf } from '../machine/machine.ts';
import { tagOf } from '../machine/tags.ts';
import { every, type Holds, not, some } from './holds.ts';
import { matchesName, matchesText, mayShareText } from './names.ts';

/** Which machines are meant: all that is said must be so. The one form for policies and protections. */
export interface MachinesMeant {
  readonly cloud?: CloudName;
  /** AWS account. */
  readonly account?: string;
  /** Azure subscription. */
  readonly subscription?: string;
  /** Google Cloud project. */
  readonly project?: string;
  readonly region?: string;
  /** Azure resource group, with `*`. */
  readonly group?: string;
  /** VPC or virtual network, with `*`. */
  readonly network?: string;
  /** Organizational unit or management group, whatever the depth. */
  readonly unit?: string;
  readonly os?: OperatingSystem;
  /** Names with `*`; a machine must match one. Empty: any name. */
  readonly names: readonly string[];
  /** All of these tags, each with this value, or one of these, with `*`; case matters, but not in names of tags in Azure. */
  readonly tags: Readonly<Record<string, string | readonly string[]>>;
  /** One of these as well. */
  readonly any?: readonly MachinesMeant[];
  /** None of these. */
  readonly except?: readonly MachinesMeant[];
}

/** Surely meant: what cannot be told is not. */
export function meansMachine(meant: MachinesMeant, machine: Machine): boolean {
  return matchMachine(meant, machine) === true;
}

/** Is the machine meant? What its cloud does not tell of it is unknown, unless something else says no. */
export function matchMachine(meant: MachinesMeant, machine: Machine): Holds {
  if (meant.cloud && meant.cloud !== cloudOf(machine.id)) return false;
  if (meant.names.length > 0 && !meant.names.some((name) => matchesName(name, machine.name))) return false;
  for (const key of Object.keys(meant.tags)) if (!hasTag(machine, key, meant.tags[key] ?? [])) return false;
  return every([
    ...placeAnswers(meant, machine),
    ...(meant.any ? [some(meant.any.map((one) => matchMachine(one, machine)))] : []),
    ...(meant.except ?? []).map((one) => not(matchMachine(one, machine))),
  ]);
}

function hasTag(machine: Machine, key: string, values: string | readonly string[]): boolean {
  const own = tagOf(machine, key);
  if (own === undefined || own === values) return own !== undefined;
  return listed(values).some((value) => matchesText(value, own));
}

function placeAnswers(meant: MachinesMeant, machine: Machine): readonly Holds[] {
  const { account, subscription, project, group, region } = whereaboutsOf(machine);
  const { name, network, units, os } = machine;
  const unknown = (what: string): Holds => ({ unknown: `${what} of ${name}` });
  const same = (wanted: string, own: string) => wanted.toLowerCase() === own.toLowerCase();
  return [
    // The id of a machine says these four, and those of another cloud have none.
    ...(meant.account === undefined ? [] : [account !== undefined && same(meant.account, account)]),
    ...(meant.subscription === undefined ? [] : [subscription !== undefined && same(meant.subscription, subscription)]),
    ...(meant.project === undefined ? [] : [project !== undefined && same(meant.project, project)]),
    ...(meant.group === undefined ? [] : [group !== undefined && matchesName(meant.group, group)]),
    ...(meant.region === undefined ? [] : [region === undefined ? unknown('region') : same(meant.region, region)]),
    ...(meant.network === undefined
      ? []
      : [network === undefined ? unknown('network') : matchesName(meant.network, network)]),
    ...(meant.unit === undefined
      ? []
      : [units === undefined ? unknown(UNIT[cloudOf(machine.id)]) : units.some((one) => same(meant.unit ?? '', one))]),
    ...(meant.os === undefined ? [] : [os === undefined ? unknown('operating system') : meant.os === os]),
  ];
}

/** What a unit is called in each cloud. */
const UNIT = { aws: 'organizational unit', gcp: 'folder', azure: 'management group' } as const;

/** Is every machine that `inner` means surely meant by `outer` too? */
export function containsMachines(outer: MachinesMeant, inner: MachinesMeant): boolean {
  if (outer === inner) return true;
  const isPlaced = PLACES.every((part) => outer[part] === undefined || outer[part] === inner[part]);
  if (!isPlaced || !containsTags(outer.tags, inner.tags) || !containsNames(outer.names, inner.names)) return false;
  const isExcepted = outer.except?.every((one) => inner.except?.some((other) => containsMachines(other, one)));
  if (isExcepted === false) return false;
  return !outer.any || isWithin(outer.any, inner);
}

function isWithin(any: readonly MachinesMeant[], inner: MachinesMeant): boolean {
  const has = (meant: MachinesMeant) => any.some((one) => containsMachines(one, meant));
  return has(inner) || inner.any?.every(has) === true;
}

/** False only where no machine can be meant by both. */
export function mayShareMachines(a: MachinesMeant, b: MachinesMeant): boolean {
  const isApart = EXACT.some((part) => a[part] !== undefined && b[part] !== undefined && a[part] !== b[part]);
  if (isApart || !mayShareTags(a.tags, b.tags)) return false;
  if (a.any && !a.any.some((one) => mayShareMachines(one, b))) return false;
  if (b.any && !b.any.some((one) => mayShareMachines(a, one))) return false;
  if (a.except?.some((one) => containsMachines(one, b)) || b.except?.some((one) => containsMachines(one, a)))
    return false;
  if (a.names.length === 0 || b.names.length === 0) return true;
  return a.names.some((one) => b.names.some((other) => mayShareText(one.toLowerCase(), other.toLowerCase())));
}

const EXACT = ['cloud', 'account', 'subscription', 'project', 'region', 'os'] as const;
const PLACES = [...EXACT, 'group', 'network', 'unit'] as const;

const listed = (values: string | readonly string[]): readonly string[] =>
  typeof values === 'string' ? [values] : values;

function containsTags(outer: MachinesMeant['tags'], inner: MachinesMeant['tags']): boolean {
  return Object.entries(outer).every(([key, values]) => {
    const own = inner[key];
    // NB. As with names: a pattern that matches another one matches all that the other matches.
    return own !== undefined && listed(own).every((value) => listed(values).some((one) => matchesText(one, value)));
  });
}

function mayShareTags(a: MachinesMeant['tags'], b: MachinesMeant['tags']): boolean {
  return Object.entries(a).every(([key, values]) => {
    const other = b[key];
    return other === undefined || listed(values).some((value) => listed(other).some((one) => mayShareText(one, value)));
  });
}

function containsNames(outer: readonly string[], inner: readonly string[]): boolean {
  if (outer.length === 0) return true;
  // NB. A pattern that matches another one, stars and all, matches all that the other matches.
  const inside = (name: string) => outer.some((one) => matchesName(one, name));
  return inner.length > 0 ? inner.every(inside) : inside('*');
}

import type { Code } from '../core/errors/errors.ts';
import type { Instant } from '../core/language/instant.ts';
import { type CloudName, type Machine, machineId } from '../core/machine/machine.ts';
import { ATTRIBUTES } from '../core/people/attribute.ts';
import { fileGroups } from '../core/people/groups.ts';
import { isGroupSubject, type Person } from '../core/people/person.ts';
import type { PolicyOutcome } from '../core/policy/outcome.ts';
import type { Port } from '../core/rule/port.ts';
import { momentAt } from './during.ts';
import { type ExpectationsGiven, expectation, expectationsSchema } from './expectation.ts';
import { type Fault, faultsOf, pathText, wording } from './fault.ts';
import { aboveOf, groupTable } from './house.ts';
import { didYouMean, notCalled } from './meant.ts';
import type { Config } from './schema.ts';
import { sourceListFaults } from './sources.ts';
import { suggested } from './suggest.ts';
import { readYaml } from './yaml.ts';

/** What somebody expects of the policies. */
export interface Expectation {
  readonly name: string;
  readonly line: number;
  readonly requester: Person;
  readonly machine: Machine;
  readonly ports: readonly Port[];
  /** An address, a prefix, or a name. */
  readonly from: string;
  readonly forMs?: number;
  readonly at?: Instant;
  readonly because?: string;
  /** It is judged by the rules of `breakGlass`. */
  readonly breakGlass?: boolean;
  readonly onCall?: Readonly<Record<string, readonly string[]>>;
  readonly expect: Expected;
}

/** What is said must be so; what is not said may be anything. */
export interface Expected {
  readonly refused?: true | readonly Code[];
  readonly policy?: string;
  readonly needs?: readonly string[];
}

export type ReadExpectations =
  | { readonly people: readonly Person[]; readonly expectations: readonly Expectation[] }
  | { readonly faults: readonly string[] };

/** Reads a file of expectations about a configuration: all of it, or every fault with its line. */
export function readExpectations(text: string, config: Config): ReadExpectations {
  const yaml = readYaml(text);
  const said = ({ path, message }: Fault) => {
    const line = yaml.lineOf(path);
    return `${path.length === 0 ? 'the file' : pathText(path)}: ${message}${line === undefined ? '' : ` (line ${line})`}`;
  };
  if (yaml.faults.length > 0)
    return { faults: yaml.faults.map((fault) => fault.replace(/^drawbridge\.yaml/, 'the file')) };
  if (Array.isArray(yaml.value)) return { faults: ['the file: is a list; write `tests:` in the line above it'] };
  if (yaml.value === null) return { faults: ['the file: is empty; it needs `tests:`, a list of what is expected'] };
  const parsed = expectationsSchema.safeParse(yaml.value, { error: wording });
  const shape = parsed.success
    ? []
    : suggested(faultsOf(parsed.error.issues), [], yaml.value, expectationsSchema).map(said);
  const data = parsed.data ?? withRightTests(yaml.value);
  if (!data) return { faults: shape };
  const people = peopleWith(config, data.people);
  const faults: Fault[] = [];
  const expectations = data.tests.flatMap((test, i) => {
    const path = ['tests', i];
    if (!test) return [];
    const requester = people.find(({ id }) => id === test.who);
    const machine = machineIn(config, data, test.machine);
    if (!requester) faults.push({ path: [...path, 'who'], message: nobody(test.who, people) });
    if ('fault' in machine) faults.push({ path: [...path, 'machine'], message: machine.fault });
    faults.push(
      ...sourceListFaults([test.from], config.sources, [...path, 'from']).map(({ message }) => ({
        path: [...path, 'from'],
        message,
      })),
    );
    faults.push(...policyFault(config, test, [...path, 'expect', 'policy']));
    if (!requester || 'fault' in machine) return [];
    return [expectationOf(test, { requester, machine: machine.value, line: yaml.lineOf(path) ?? 0, zone: data.zone })];
  });
  const all = [...shape, ...faults.map(said)];
  return all.length > 0 ? { faults: all } : { people, expectations };
}

/** The file with those of its tests that are right; undefined where something else of it is wrong too, and names may only be lost. */
function withRightTests(value: unknown) {
  const { tests, ...rest } = Object(value) as { readonly tests?: unknown };
  const read = expectationsSchema.omit({ tests: true }).safeParse(rest);
  if (!read.success || !Array.isArray(tests)) return undefined;
  return { ...read.data, tests: tests.map((one) => expectation.safeParse(one).data) };
}

/** A policy that nothing could ever be judged by. */
function policyFault(config: Config, { expect, breakGlass }: Test, path: Fault['path']): readonly Fault[] {
  const { policy } = typeof expect === 'string' ? {} : expect;
  const rules = breakGlass ? config.breakGlass : config.policies.filter(({ refuse }) => refuse === undefined);
  const names = rules.map(({ name }) => name);
  // A request for several ports may be judged by several.
  const none = policy?.split(/,\s*/).find((name) => !names.includes(name));
  if (none === undefined) return [];
  const isRefusal = !breakGlass && config.policies.some(({ name }) => name === none);
  const what = breakGlass ? 'rule of breakGlass' : 'policy';
  const message = isRefusal
    ? `${none} lets nothing in; expect { refused: policyRefuses }`
    : `no ${what} is called ${none}${didYouMean(none, names) || `; there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ') || 'none'}`}`;
  return [{ path, message }];
}

function nobody(id: string, people: readonly Person[]): string {
  const all = people.map((one) => one.id);
  return `no person has the id ${id}${didYouMean(id, all) || '; list whom a directory knows under `people` of this file'}`;
}

type Test = ExpectationsGiven['tests'][number];
interface Found {
  readonly requester: Person;
  readonly machine: Machine;
  readonly line: number;
  readonly zone: string;
}

function expectationOf(test: Test, { requester, machine, line, zone }: Found): Expectation {
  const { name, at, because, breakGlass, onCall } = test;
  const usual = `${requester.name}, ${machine.name}, from ${test.from}`;
  return {
    name: name ?? usual,
    line,
    requester,
    machine,
    ports: test.port,
    from: test.from,
    ...(test.for === undefined ? {} : { forMs: test.for }),
    ...(at === undefined ? {} : { at: momentAt(at, zone) }),
    ...(because === undefined ? {} : { because }),
    ...(breakGlass ? { breakGlass } : {}),
    ...(onCall === undefined ? {} : { onCall }),
    expect: expectedOf(test.expect),
  };
}

function expectedOf(given: Test['expect']): Expected {
  if (given === 'refused') return { refused: true };
  if (given === 'allowed') return {};
  if (given === 'auto') return { needs: [] };
  const { policy, needs, refused } = given;
  if (refused !== undefined) return { refused: [refused].flat() };
  return { ...(policy === undefined ? {} : { policy }), ...(needs === undefined ? {} : { needs: [needs].flat() }) };
}

/** Does an outcome say all that is expected? The order of what is asked for within a stage is no matter. */
export function isAsExpected({ policies, needs, refused }: PolicyOutcome, expect: Expected): boolean {
  if (expect.refused === true) return refused.length > 0;
  if (expect.refused) return expect.refused.every((code) => refused.includes(code));
  if (refused.length > 0) return false;
  const isPolicy = expect.policy === undefined || expect.policy === policies.join(', ');
  return isPolicy && (expect.needs === undefined || expect.needs.map(sorted).join() === needs.map(sorted).join());
}

/** `manager or person:sam`, however it is ordered. */
function sorted(stage: string): string {
  const [, count = '', words = stage] = /^(\d of )(.*)$/.exec(stage) ?? [];
  return (
    count +
    words
      .split(' and ')
      .map((seat) => seat.split(' or ').toSorted().join(' or '))
      .join(' and ')
  );
}

export function expectedText({ refused, policy, needs }: Expected): string {
  if (refused === true) return 'refused';
  if (refused) return `refused: ${refused.join(', ')}`;
  if (policy === undefined && needs === undefined) return 'allowed';
  const said = needs === undefined ? '' : needs.length === 0 ? 'without a decision' : needs.join(', then ');
  return [policy === undefined ? 'allowed' : `policy ${policy}`, ...(said === '' ? [] : [said])].join(': ');
}

/** The people of the configuration, and those of the file in their place. */
function peopleWith(config: Config, given: ExpectationsGiven['people']): readonly Person[] {
  const table = groupTable(config);
  const own = new Set(given.map(({ id }) => id));
  const others = config.people.filter(({ id }) => !own.has(id));
  const managers = new Map([...others, ...given].map(({ id, manager }) => [id, manager]));
  const imagined = given.map(({ id, name = id, manager, groups, guest, disabled, ...rest }): Person => {
    const inGroups = groups.filter(isGroupSubject);
    const named = inGroups.flatMap((one) => /^group:(.+)$/.exec(one)?.[1] ?? []);
    const attributes = ATTRIBUTES.flatMap((one) => (rest[one] === undefined ? [] : [[one, rest[one]] as const]));
    return {
      id,
      name,
      ...(manager === undefined ? {} : { manager }),
      ...aboveOf(managers, id),
      groups: [...new Set([...named, ...fileGroups(table, [id], inGroups), ...inGroups])],
      attributes: Object.fromEntries(attributes),
      guest: guest ?? false,
      ...(disabled ? { disabled } : {}),
    };
  });
  return [
    ...others.map(({ work: _, ...one }) => ({
      ...one,
      ...aboveOf(managers, one.id),
      groups: fileGroups(table, [one.id], []),
    })),
    ...imagined,
  ];
}

function machineIn(
  config: Config,
  { machines }: Pick<ExpectationsGiven, 'machines'>,
  given: Test['machine'],
): { readonly value: Machine } | { readonly fault: string } {
  if (typeof given !== 'string') return machineOf(config, given.name ?? 'machine', given);
  const own = Object.hasOwn(machines, given) ? machines[given] : undefined;
  return own
    ? machineOf(config, own.name ?? given, own)
    : { fault: notCalled('machines', given, Object.keys(machines)) };
}

const NO_SUBSCRIPTION = '00000000-0000-0000-0000-000000000000';

function machineOf(
  config: Config,
  name: string,
  given: ExpectationsGiven['machines'][string],
): ReturnType<typeof machineIn> {
  const { account, subscription, project, region, group, network, units, os, tags } = given;
  const own = (['azure', 'aws', 'gcp'] as const).filter((one) => config[one]);
  const usual = own.length > 1 ? undefined : (own[0] ?? 'aws');
  const cloud = given.cloud ?? (account ? 'aws' : subscription || group ? 'azure' : project ? 'gcp' : usual);
  if (!cloud) return { fault: 'must say its cloud: azure, aws, or gcp' };
  const word = name.toLowerCase().replace(/[^a-z0-9-]/g, '-');
  const ids: Readonly<Record<CloudName, string>> = {
    aws: `${account ?? config.aws?.accounts?.[0]?.id ?? '000000000000'}:${region ?? config.aws?.accounts?.[0]?.regions[0] ?? 'us-east-1'}:i-00000000`,
    azure: `/subscriptions/${subscription ?? config.azure?.subscriptions?.[0]?.id ?? NO_SUBSCRIPTION}/resourceGroups/${group ?? 'group'}/providers/Microsoft.Compute/virtualMachines/${word}`,
    gcp: `${project ?? config.gcp?.projects[0] ?? 'project'}/${region ?? 'us-central1'}-a/${word}`,
  };
  const providerId = ids[cloud];
  const id = machineId(cloud, providerId);
  if (!id) return { fault: 'cannot be a machine: see its region and group' };
  return {
    value: {
      id,
      name,
      tags,
      location: '',
      ...(region === undefined ? {} : { region }),
      ...(network === undefined ? {} : { network }),
      ...(units === undefined ? {} : { units }),
      ...(os === undefined ? {} : { os }),
    },
  };
}

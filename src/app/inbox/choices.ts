import { nameOn } from '../../core/board/names.ts';
import { JitError } from '../../core/errors/errors.ts';
import type { Typed } from '../../core/language/command.ts';
import { durationText } from '../../core/language/duration.ts';
import { HOUR_MS, MINUTE_MS } from '../../core/language/instant.ts';
import { namesApart } from '../../core/language/names-apart.ts';
import { say } from '../../core/language/say.ts';
import { tidy } from '../../core/language/text.ts';
import { CLOUD_NAMES, cloudOf, type Machine } from '../../core/machine/machine.ts';
import { match } from '../../core/machine/match.ts';
import type { Person } from '../../core/people/person.ts';
import { coverage } from '../../core/policy/judge.ts';
import { type Policy, policiesFor } from '../../core/policy/policy.ts';
import { portLabel, portText, uniquePorts } from '../../core/rule/port.ts';
import { parseSource, sourceText } from '../../core/rule/source.ts';
import { usualDuration } from '../../core/view/usual-duration.ts';
import type { Choice, Form, Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { answerInTime } from '../machine/cloud.ts';
import { inventory } from '../machine/inventory.ts';
import { machineMeant } from '../machine/meant.ts';
import { addressLink, confirmedAddress } from '../people/address.ts';
import { usualSource } from '../request/asked-for.ts';
import { glassHouse } from '../request/glass-house.ts';
import { byName, searched } from './machine-search.ts';
import { type OnMachine, onMachine } from './on-machine.ts';

/** Slack's limit on the options of one list; beyond it the form uses a type-ahead. */
const MOST_CHOICES = 100;

/** An option of Slack has 75 letters: room for the name, and for the id of an instance where that tells it apart. */
const LONGEST_NAME = 52;
const LONGEST_PLACE = 200;

/** The choices of the request form: only what some policy allows this person; once a machine is chosen, there. */
export async function formFor(
  deps: Deps,
  person: Person,
  { sender, isBreakGlass = false }: { readonly sender: Sender; readonly isBreakGlass?: boolean },
  typed?: Typed,
): Promise<Form> {
  const machines = await askable(deps, person);
  const [first] = machines;
  if (!first) throw new JitError('noPolicy', { machine: say`any machine` });
  const meant = typed?.machine === undefined ? undefined : await meantBy(deps, typed.machine, machines);
  const confirmed = await confirmedAddress(deps, person);
  const source = confirmed ?? (await usualSource(deps, person, meant ?? first));
  const address = confirmed === undefined && deps.pages ? await addressLink(deps, person, sender) : undefined;
  const { ports, longestMs, names, about } = meant
    ? await onMachine(deps, person, meant, { source, isBreakGlass })
    : onAny(deps, person, machines);
  const form: Form = {
    machines: machines.length > MOST_CHOICES ? [] : choicesOf(machines),
    typeAhead: machines.length > MOST_CHOICES,
    ports: ports.map((port) => ({ value: portText(port), label: portLabel(port) })),
    durations: durationsFor(deps, longestMs),
    ...(source === undefined ? {} : { source: deps.rules.sources.has(source) ? source : sourceText(source) }),
    ...(address === undefined ? {} : { address }),
    ...(names.length === 0 ? {} : { sources: names }),
    ...(about ? { about } : {}),
  };
  return typed ? withTyped(form, typed, meant) : form;
}

/** While no machine is chosen: what there is on any. */
function onAny(deps: Deps, person: Person, machines: readonly Machine[]): Omit<OnMachine, 'about'> & { about?: never } {
  // Chosen as the judgement will: what an earlier policy covers is not offered by a later one.
  const offers = machines.flatMap((machine) => coverage(policiesFor(deps.rules.policies, person, machine)));
  return {
    ports: uniquePorts(offers.map(({ port }) => port)),
    longestMs: Math.max(...offers.map(({ policy }) => policy.longestMs)),
    names: [...deps.rules.sources.keys()],
  };
}

/** The form as it is filled with what was typed; a time or a port that it does not offer is one more choice, and judged like any. */
function withTyped(form: Form, typed: Typed, machine: Machine | undefined): Form {
  const { ports = [], forMs, source, justification = '', start } = typed;
  const usual = usualDuration(form.durations.map((one) => one.value)) ?? '';
  const value = forMs === undefined ? usual : durationText(forMs);
  const isOffered = form.durations.some((one) => one.value === value);
  const shown = source === undefined ? form.source : form.sources?.includes(source) ? source : sourceText(source);
  const wanted = ports.map((port) => ({ value: portText(port), label: portLabel(port) }));
  const others = wanted.filter((port) => !form.ports.some((one) => one.value === port.value));
  return {
    ...form,
    ...(machine && form.typeAhead ? { machines: choicesOf([machine]) } : {}),
    ports: [...form.ports, ...others],
    durations: isOffered || value === '' ? form.durations : [...form.durations, { value, label: value }],
    filled: {
      machine: machine?.id ?? '',
      ports: (wanted.length > 0 ? wanted : form.ports.slice(0, 1)).map((port) => port.value),
      duration: value,
      source: shown ?? '',
      justification,
      ...(start === undefined ? {} : { start }),
    },
  };
}

/** The same for breaking glass. */
export async function glassFormFor(deps: Deps, person: Person, sender: Sender, typed?: Typed): Promise<Form> {
  if (!deps.rules.breakGlass) throw new JitError('glassNotSet');
  try {
    return { ...(await formFor(glassHouse(deps), person, { sender, isBreakGlass: true }, typed)), isBreakGlass: true };
  } catch (error) {
    const isNone = error instanceof JitError && error.code === 'noPolicy';
    throw isNone ? new JitError('noBreakGlass', { machine: say`any machine` }, { cause: error }) : error;
  }
}

/**
 * Machines for the type-ahead, in either form: those the person may ask for where each typed word is in the name, the id, the
 * group, the region, or a tag (`env=prod`), or the one that has this address. Those that are called so come first.
 */
export async function machinesFor(deps: Deps, person: Person, typed: string): Promise<readonly Choice[]> {
  const policies = [...deps.rules.policies, ...(deps.rules.breakGlass ?? [])];
  if (isAddress(typed)) {
    const there = await meantBy(deps, typed, await askable(deps, person, policies)).catch(notFound);
    if (there) return choicesOf([there]);
  }
  const { all } = await inventory(deps, answerInTime());
  const { called, others } = searched(all, typed);
  // An inventory may have fifty thousand machines, and this is asked at each letter: no more are judged than are shown.
  const found: Machine[] = [];
  for (const some of [called, others])
    for (const machine of some) {
      if (found.length === MOST_CHOICES) break;
      if (policiesFor(policies, person, machine).length > 0) found.push(machine);
    }
  return choicesOf(found);
}

/** By its name or ID among these, or by an address that one of these has. */
async function meantBy(deps: Deps, typed: string, machines: readonly Machine[]): Promise<Machine> {
  if (!isAddress(typed)) return match({ all: machines, unread: [] }, typed);
  return machineMeant(deps, typed, ({ id }) => machines.some((one) => one.id === id), answerInTime());
}

function isAddress(typed: string): boolean {
  return parseSource(typed) !== undefined;
}

function notFound(error: unknown): undefined {
  if (!(error instanceof JitError)) throw error;
}

async function askable(
  deps: Deps,
  person: Person,
  policies: readonly Policy[] = deps.rules.policies,
): Promise<readonly Machine[]> {
  const { all } = await inventory(deps, answerInTime());
  return all.filter((machine) => policiesFor(policies, person, machine).length > 0).sort(byName);
}

/** Made safe, and told apart where they look the same, as of two instances of one name in one account. */
function choicesOf(machines: readonly Machine[]): readonly Choice[] {
  const short = ({ id, name }: Machine) => ({ id, name: tidy(nameOn(name, id), LONGEST_NAME) });
  const apart = namesApart(machines.map(short));
  return machines.map((machine) => ({
    value: machine.id,
    label: apart(short(machine)),
    note: `${CLOUD_NAMES[cloudOf(machine.id)]}, ${tidy(machine.location, LONGEST_PLACE)}`,
  }));
}

const STEPS_MS = [5, 15, 30].map((n) => n * MINUTE_MS).concat([1, 2, 3, 4, 6, 8, 12, 24].map((n) => n * HOUR_MS));

function durationsFor(deps: Deps, longest: number): readonly Choice[] {
  const { shortestMs } = deps.rules;
  // The very shortest is offered where an installation allows less than our steps (the demo).
  const steps = [...(shortestMs < (STEPS_MS[0] ?? 0) ? [shortestMs] : []), ...STEPS_MS, longest];
  const allowed = [...new Set(steps)].filter((ms) => ms >= shortestMs && ms <= longest).sort((a, b) => a - b);
  return allowed.map((ms) => ({ value: durationText(ms), label: durationText(ms) }));
}

import { JitError } from '../../core/errors/errors.ts';
import { DAY_MS } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import { type Phrase, tidy } from '../../core/language/text.ts';
import { CLOUD_NAMES, cloudOf, type Machine } from '../../core/machine/machine.ts';
import type { Person } from '../../core/people/person.ts';
import { coverage } from '../../core/policy/judge.ts';
import { policiesFor } from '../../core/policy/policy.ts';
import { type Port, portLabel, samePort } from '../../core/rule/port.ts';
import type { Report } from '../../core/view/report.ts';
import type { Answer } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { peopleMeant } from '../glass/told.ts';
import { answerInTime, cloudFor } from '../machine/cloud.ts';
import { machineMeant } from '../machine/meant.ts';
import { tellPlaces } from '../protect/news.ts';

/** One person asks for so many machines a day. */
const MOST_A_DAY = 5;
/** So many protectors are tried until one is reached. */
const MOST_TRIED = 5;

/**
 * Tells somebody who protects machines, once a day for a machine, that this person wants access to it and it is not protected. Only
 * whom a policy lets ask for the machine. Throws `noPolicy`, and what `machineMeant` throws.
 */
export async function askProtector(deps: Deps, person: Person, typed: string): Promise<Answer> {
  const signal = answerInTime();
  const isTheirs = (one: Machine) => policiesFor(deps.rules.policies, person, one).length > 0;
  const machine = await machineMeant(deps, typed, isTheirs, signal);
  const { id, name } = machine;
  if (!isTheirs(machine)) throw new JitError('noPolicy', { machine: name });
  const ports = coverage(policiesFor(deps.rules.policies, person, machine)).map(({ port }) => port);
  const { protection } = await cloudFor(deps, id).look(id, signal);
  const now = ports.find((port) => protection?.ports.some((own) => samePort(own.port, port)));
  if (now) return said(say`${name} is protected at ${portLabel(now)} now: request it.`);
  if (!(await mayAsk(deps, person)))
    return no(say`You asked for ${MOST_A_DAY} machines within a day. Ask a protector yourself.`);
  if (!(await deps.store.once(`wanted:${id}`, DAY_MS)))
    return no(say`Drawbridge asks for ${name} once a day, and did so within the last day.`);
  const told = await tellOne(deps, person, reportOf(person, machine, ports));
  if (!told) return no(say`Nobody who protects machines can be reached. Ask your Drawbridge administrator.`);
  return { lines: [[say`Asked ${{ person: told.id, name: told.name }} to protect ${name}.`]], refused: false };
}

async function mayAsk({ store }: Deps, { id }: Person): Promise<boolean> {
  for (let n = 0; n < MOST_A_DAY; n += 1) if (await store.once(`wanted by ${id} ${n}`, DAY_MS)) return true;
  return false;
}

/** The first one whose chat takes it. */
async function tellOne(deps: Deps, person: Person, report: Report): Promise<Person | undefined> {
  const protectors = await peopleMeant(deps, deps.rules.protectors, person);
  const reachable = protectors.filter((one) => deps.directory.reach(one).length > 0);
  for (const one of reachable.slice(0, MOST_TRIED))
    if ((await tellPlaces(deps, report, deps.directory.reach(one).slice(0, 1))) > 0) return one;
  return undefined;
}

function reportOf({ id, name }: Person, machine: Machine, ports: readonly Port[]): Report {
  const where = `${machine.name} (${CLOUD_NAMES[cloudOf(machine.id)]}, ${machine.location})`;
  const line = [
    say`${{ person: id, name }} may request ${ports.map(portLabel).join(', ')} of ${where}, which is not protected there.`,
  ];
  const button = { label: say`Protect ${tidy(machine.name, 60)}`, command: `protect ${machine.id}` };
  return {
    title: say`${name} asks to have ${machine.name} protected`,
    sections: [{ heading: '', rows: [{ line, button }] }],
  };
}

function said(words: Phrase): Answer {
  return { lines: [[words]], refused: false };
}

function no(words: Phrase): Answer {
  return { lines: [[words]], refused: true };
}

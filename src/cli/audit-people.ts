import { createInterface } from 'node:readline';
import { erasedBefore, erasePerson, keptOf } from '../app/evidence/erase.ts';
import { compose } from '../compose.ts';
import { peopleKeysFolder } from '../config/audit-folder.ts';
import { loadConfig } from '../configuration.ts';
import { openedPeople } from '../core/audit/sealed.ts';
import { JitError } from '../core/errors/errors.ts';
import { dayAt } from '../core/language/day.ts';
import { givenReason } from '../core/language/terms.ts';
import { tidy } from '../core/language/text.ts';
import { keysOfPeople } from '../sinks.ts';
import { commandLine } from './command-line.ts';
import { commandLog } from './command-log.ts';
import { complain, sayLine } from './output.ts';

/** `jit audit about <person>`: all that is kept of them here, a line of JSON each. */
export async function auditAboutVerb(file: string, person: string): Promise<void> {
  const { deps, close } = await compose(await loadConfig(file), commandLog());
  try {
    let isFound = false;
    for await (const kept of keptOf(deps, person)) {
      isFound = true;
      console.log(JSON.stringify(kept));
    }
    const before = await erasedBefore(deps, person);
    // What is printed on standard output is JSON alone.
    if (before !== undefined) return complain(erasedText(person, dayAt(before, 'UTC').date, isFound));
    if (isFound) return;
    if (!(await deps.directory.byId(person))) throw new JitError('personUnknown', { typed: tidy(person, 60) });
    complain(`Nothing is kept of ${person}.`);
  } finally {
    await close();
  }
}

function erasedText(person: string, day: string, isFound: boolean): string {
  if (!isFound) return `Nothing is kept of ${person}: erased on ${day}.`;
  return `${person} was erased on ${day}. What is listed is of later, is not over yet, or came back with a backup: \`npx jit audit erase ${person} --because …\` takes away what can go.`;
}

/** `jit audit erase <person>`. Exit code 3 where something has to wait until it is over. */
export async function auditEraseVerb(file: string, person: string, because: string): Promise<void> {
  if (givenReason(because) === '') throw new JitError('missingReason');
  const { deps, close } = await compose(await loadConfig(file), commandLog());
  try {
    const before = await erasedBefore(deps, person);
    const all = await erasePerson(deps, person, { by: commandLine(), as: 'commandLine', words: because });
    if (before !== undefined && all.every(({ changed, left }) => changed + left === 0))
      return sayLine(`${person} was erased on ${dayAt(before, 'UTC').date} already, and nothing is left.`);
    for (const { place, changed, left } of all) {
      const more = left > 0 ? `; ${left} are not over yet: Drawbridge goes on with them by itself` : '';
      sayLine(`${place}: taken away from ${changed} records${more}.`);
    }
    sayLine('Their key is destroyed: what is sealed elsewhere, nobody can read any more.');
    sayLine(
      'What else has something of people, and what to do there: docs/audit.md, “How long, and erasing a person”.',
    );
    if (all.some(({ left }) => left > 0)) process.exitCode = 3;
  } finally {
    await close();
  }
}

/** `jit audit unseal`: lines with sealed parts, from standard input, with these in clear as far as their keys are there. */
export async function auditUnsealVerb(file: string, folder: string | undefined): Promise<void> {
  const keyOf = await keysOfPeople(folder ?? peopleKeysFolder(await loadConfig(file))).known();
  for await (const line of createInterface({ input: process.stdin })) {
    // As it stands in a field of JSON, or on a line of its own.
    const text = line.trim().startsWith('"') ? (JSON.parse(line) as string) : line;
    console.log(text.trim() === '' ? '' : openedPeople(text, keyOf));
  }
}

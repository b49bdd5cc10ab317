import type { Command } from '../../core/language/command.ts';
import { headed, say } from '../../core/language/say.ts';
import type { Person } from '../../core/people/person.ts';
import type { Section } from '../../core/view/report.ts';
import type { Answer, Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { run } from './commands.ts';
import { corrected } from './corrected.ts';
import { remedied } from './remedies.ts';
import { insteadOfMachine, refuseForm } from './request-for-machine.ts';
import { told } from './told.ts';

/** Does all that one command asks for, one after the other: each has an answer of its own, and what one of them refuses holds up no other. */
export async function runAll(
  deps: Deps,
  person: Person,
  commands: readonly Command[],
  sender: Sender,
): Promise<Answer> {
  const [only, ...more] = commands;
  if (!only) return { lines: [], refused: false };
  if (more.length === 0) return one(deps, person, only, sender);
  const answers: Answer[] = [];
  for (const [i, command] of commands.entries()) {
    // Each is a delivery of its own: sent again, it is done once.
    const own = i === 0 ? sender : { ...sender, key: `${sender.key}#${i + 1}` };
    answers.push(named(command, await one(deps, person, command, own).catch((error: unknown) => refusal(deps, error))));
  }
  return joined(answers);
}

async function one(deps: Deps, person: Person, command: Command, sender: Sender): Promise<Answer> {
  try {
    await refuseForm(deps, person, command);
    return await run(deps, person, command, sender);
  } catch (error) {
    const instead = await insteadOfMachine(deps, person, command, error).catch(async (refused: unknown) => {
      throw await remedied(deps, person, corrected(command, refused), command);
    });
    if (!instead) throw await remedied(deps, person, corrected(command, error), command);
    if ('report' in instead) return { lines: [], refused: false, report: instead.report };
    return run(deps, person, instead.command, sender);
  }
}

function refusal(deps: Deps, error: unknown): Answer {
  return { lines: [told(deps, error).line], refused: true };
}

/** Its first line says what it is about. */
function named(command: Command, answer: Answer): Answer {
  const name = nameIn(command);
  const [first, ...rest] = answer.lines;
  return first && name !== undefined ? { ...answer, lines: [[`\`${name}\`: `, ...first], ...rest] } : answer;
}

function nameIn(command: Command): string | undefined {
  if ('which' in command && typeof command.which === 'string') return command.which;
  if (command.verb === 'request') return command.ask?.machine;
  return 'machine' in command ? command.machine : undefined;
}

/** Lines one below the other; where there is a page among them, all in one page. */
function joined(answers: readonly Answer[]): Answer {
  const refused = answers.every((answer) => answer.refused);
  const pages = answers.flatMap(({ report }) => report ?? []);
  const [first] = pages;
  if (!first) return { lines: answers.flatMap(({ lines }) => lines), refused };
  const sections = answers.flatMap(({ report, lines }): readonly Section[] => {
    if (!report) return [{ heading: '', rows: lines.map((line) => ({ line })) }];
    const [head, ...rest] = report.sections;
    const title = head?.heading ? say`${headed(report.title)}: ${headed(head.heading)}` : report.title;
    return [{ rows: [], ...head, heading: title }, ...rest];
  });
  const isWhole = pages.some((page) => page.isWhole) ? { isWhole: true as const } : {};
  return { lines: [], refused, report: { title: say`${answers.length} answers`, sections, ...isWhole } };
}

import { JitError } from '../../core/errors/errors.ts';
import type { Ask, Command } from '../../core/language/command.ts';
import { dayAt } from '../../core/language/day.ts';
import { parseCommand } from '../../core/language/grammar.ts';
import { say } from '../../core/language/say.ts';
import type { WallClock } from '../../core/language/until.ts';
import type { Person } from '../../core/people/person.ts';
import { NETWORK_WORDS, networkKind } from '../../core/rule/network.ts';
import { sourceText } from '../../core/rule/source.ts';
import type { Answer, Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { breakGlass } from '../glass/break.ts';
import { glassAnswer } from '../glass/words.ts';
import { beginAddress, confirmAddress, confirmedAddress } from '../people/address.ts';
import { takeSeveral } from '../request/several.ts';
import { moved } from './moving.ts';
import { told } from './told.ts';
import { clockFor } from './wall-clock.ts';

/** What is asked for, from the address that somebody confirmed where they name none. */
export async function fromConfirmed<A extends Partial<Ask>>(deps: Deps, person: Person, ask: A): Promise<A> {
  // Somebody else comes from elsewhere.
  if (ask.whom !== undefined) {
    if (ask.isMe) throw new JitError('sourceOfOther', { name: ask.whom });
    return ask;
  }
  // What was used last may be a whole network, or another place: it is not what `me` says.
  const mine = ask.isMe ? person.address : undefined;
  const source = ask.source ?? (await confirmedAddress(deps, person)) ?? mine;
  if (source === undefined && ask.isMe) throw new JitError('missingSource');
  return source === undefined ? ask : { ...ask, source };
}

/** A command that lacks an address is answered with the page that sees it, and is gone on with once the address is confirmed. */
export async function orAddress(
  deps: Deps,
  { person, sender, text }: { readonly person: Person; readonly sender: Sender; readonly text: string },
  work: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof JitError) || error.code !== 'missingSource' || !deps.pages) throw error;
    const clock = await clockFor(deps, person, text, sender);
    const command = askingIn(deps, text, clock);
    if (command?.ask?.whom !== undefined) throw error;
    const link = await beginAddress(deps, person, sender, command && lasting(deps, text, command, clock));
    return { lines: [told(deps, error).line, ...link], refused: true, isPrivate: true };
  }
}

/** `/jit address`, and `/jit address 203.0.113.7` as the button in chat writes it. */
export async function addressing(
  deps: Deps,
  person: Person,
  which: string | undefined,
  sender: Sender,
): Promise<Answer> {
  if (which === undefined) return { lines: await beginAddress(deps, person, sender), refused: false, isPrivate: true };
  const { source, asked } = await confirmAddress(deps, person, which);
  const command = asked === undefined ? undefined : commandIn(deps, asked, await clockFor(deps, person, asked, sender));
  if (command?.verb === 'break-glass' && command.ask)
    return glassAnswer(await breakGlass(deps, person, { ...command.ask, source }, sender));
  if (command?.verb === 'request' && command.ask) {
    return { lines: await takeSeveral(deps, person, { ...command.ask, source }, sender), refused: false };
  }
  if (command?.verb === 'move' && command.which !== undefined)
    return { lines: await moved(deps, person, command.which, source), refused: false };
  const kind = networkKind(source);
  const about = kind === undefined ? '' : say` It is ${NETWORK_WORDS[kind]}.`;
  return {
    lines: [
      [
        say`What you request in the next half hour is from ${sourceText(source)}, unless you name another address.${about} It is your usual one once something was opened from it.`,
      ],
    ],
    refused: false,
  };
}

type Asking = Extract<Command, { readonly verb: 'request' | 'break-glass' }>;

type Lacking = Asking | Extract<Command, { readonly verb: 'move' }>;

/** The same command with its end as a date: `until 18:00` is another one tomorrow. Undefined where the end cannot be kept: then it is typed again. */
function lasting(deps: Deps, text: string, { ask }: Asking, clock: WallClock | undefined): string | undefined {
  const until = ask?.until;
  if (!until || !clock) return text;
  const { date, minute } = dayAt(until.at, clock.zone);
  const two = (n: number) => String(n).padStart(2, '0');
  const end = `until ${date} ${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
  const words = until.said.split(' ').map((word) => RegExp.escape(word));
  const kept = text.replace(
    new RegExp(String.raw`\b(?:until|till?|untill)\s+${words.join(String.raw`\s+`)}`, 'iu'),
    end,
  );
  return askingIn(deps, kept, clock)?.ask?.until?.at === until.at ? kept : undefined;
}

/** What was typed, if it is something that lacks nothing but an address. */
function commandIn({ rules }: Deps, text: string, clock: WallClock | undefined): Lacking | undefined {
  try {
    const command = parseCommand(text, rules.sources, clock);
    return command.verb === 'request' || command.verb === 'break-glass' || command.verb === 'move'
      ? command
      : undefined;
  } catch {
    return undefined;
  }
}

function askingIn(deps: Deps, text: string, clock: WallClock | undefined): Asking | undefined {
  const command = commandIn(deps, text, clock);
  return command?.verb === 'move' ? undefined : command;
}

import { JitError } from '../../core/errors/errors.ts';
import { readAskedSource } from '../../core/language/asked-source.ts';
import type { Ask, Command } from '../../core/language/command.ts';
import { parseDuration } from '../../core/language/duration.ts';
import { parseCommand } from '../../core/language/grammar.ts';
import { givenReason, readPort } from '../../core/language/terms.ts';
import { tidy } from '../../core/language/text.ts';
import type { Person } from '../../core/people/person.ts';
import { uniquePorts } from '../../core/rule/port.ts';
import type { ApiAsk } from '../../ports/api.ts';
import type { Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { fromConfirmed } from '../inbox/addressing.ts';
import { clockFor } from '../inbox/wall-clock.ts';

interface Speaking {
  readonly here: Deps;
  readonly person: Person;
  readonly sender: Sender;
}

/** What is typed behind `/jit`, read as in chat. */
export async function commandIn({ here, person, sender }: Speaking, text: string): Promise<Command> {
  return parseCommand(text, here.rules.sources, await clockFor(here, person, text, sender));
}

/** What is asked for, by words or by parts, from the address that somebody confirmed where they name none. */
export async function askIn(here: Deps, person: Person, asked: ApiAsk, sender: Sender): Promise<Ask> {
  const ask = 'words' in asked ? await typedAsk({ here, person, sender }, asked.words) : partsAsk(here, asked);
  if (ask.others && ask.others.length > 0) throw new JitError('oneMachine');
  return fromConfirmed(here, person, ask);
}

async function typedAsk(speaking: Speaking, words: string): Promise<Ask> {
  const command = await commandIn(speaking, `request ${words}`);
  if (command.verb !== 'request') throw new JitError('missingMachine');
  if (command.ask) return command.ask;
  throw new JitError(command.typed?.machine === undefined ? 'missingMachine' : 'missingReason');
}

function partsAsk({ rules }: Deps, asked: Exclude<ApiAsk, { readonly words: string }>): Ask {
  const justification = givenReason(asked.because);
  if (justification === '') throw new JitError('missingReason');
  const forMs = asked.for === undefined ? undefined : parseDuration(asked.for);
  if (asked.for !== undefined && forMs === undefined)
    throw new JitError('malformedDuration', { word: tidy(asked.for, 40) });
  return {
    machine: asked.machine,
    ports: uniquePorts((asked.ports ?? []).flatMap((port) => readPort(port))),
    justification,
    ...(forMs === undefined ? {} : { forMs }),
    ...(asked.from === undefined ? {} : { source: readAskedSource(asked.from, rules.sources) }),
    ...(asked.at === undefined ? {} : { start: asked.at }),
  };
}

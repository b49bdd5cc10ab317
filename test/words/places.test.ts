import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { inMessage } from '../../adapters/teams/text.ts';
import { program } from '../../src/cli/jit.ts';
import { personCommands, sharedCommands } from '../../src/cli/person/commands.ts';
import { cleaned } from '../../src/cli/person/terminal.ts';
import { asTyped } from '../../src/cli/words.ts';
import { type Code, ERRORS, JitError, type Words } from '../../src/core/errors/errors.ts';
import { callSentence, inCalls } from '../../src/core/errors/in-call.ts';
import { parseCommands, TYPED_VERBS } from '../../src/core/language/grammar.ts';
import { messages } from './messages.ts';

/** What stands in code marks behind `/jit`, of each text that is said anywhere. */
const TYPED = [...messages().keys()].flatMap((text) =>
  [...text.matchAll(/`\/jit ([^`]+)`/g)].map(([, command = '']) => ({ text, command })),
);
const CODES = Object.keys(ERRORS) as Code[];
/** Codes of what chats alone show: no call, and nobody at a terminal, is ever told them. */
const OF_CHATS: readonly string[] = [
  'changedMeanwhile',
  'unreadableButton',
  'chatRefused',
  'formTooLate',
  'formForeign',
];

function errorOf(code: Code): JitError {
  const { say, hint } = ERRORS[code];
  const names = [...`${say} ${hint}`.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  return new JitError(code, Object.fromEntries(names.map((name) => [name, 'x1'])) as Words<Code>);
}

/** Sentences that name a command of chat, or what is pressed there, and not that it is there. */
function homeless(text: string): readonly string[] {
  const isOfChat = (part: string) => /`\/jit |\b(?:press|button|card|form)\b/i.test(part);
  const isThere = (part: string) => /\bin (?:a )?(?:chat|Slack|Teams)\b/i.test(part);
  return text.split(/(?<=[.?!;]) (?=[`A-Z])/).filter((part) => isOfChat(part) && !isThere(part));
}

const namesOf = (command: Command) => command.commands.map((one) => one.name());

describe('a text that names a command fits where it is read', () => {
  it('there are such texts', () => expect(TYPED.length).toBeGreaterThan(100));

  it.each(TYPED)('in Slack, it is one: $command', ({ command }) => {
    const [verb = ''] = command.split(' ');
    const whole = command.replace(/\{\w+\}|<[^>]+>|\[[^\]]+\]/g, 'k7m3q9w');
    if (verb.startsWith('{') || verb === 'help') return;
    expect([...TYPED_VERBS, 'help']).toContain(verb);
    // Its own words may be another's than the placeholder; that it is a command is what counts.
    try {
      parseCommands(whole, new Map());
    } catch (error) {
      expect((error as JitError).code).not.toBe('unknownCommand');
    }
  });

  it.each(TYPED)('in Teams, it stands without the slash: $command', ({ text }) => {
    expect(inMessage([text.replaceAll(/\{\w+\}/g, 'x1')])).not.toContain('/jit');
  });

  it.each(CODES.filter((code) => !OF_CHATS.includes(code)))('in a call of the API: %s', (code) => {
    expect(homeless(callSentence(errorOf(code)))).toEqual([]);
  });

  it.each(TYPED)('in what the API says was done: $command', ({ text }) => {
    expect(homeless(inCalls(text)).filter((part) => part.includes('/jit'))).toEqual([]);
  });

  it.each(CODES)('on the command line of a person, and on that of an operator: %s', (code) => {
    const own = new Command();
    personCommands(own);
    sharedCommands(own);
    const error = errorOf(code);
    const verbs = (text: string, before: RegExp) => [...text.matchAll(before)].map(([, verb]) => verb);
    const here = [...namesOf(own), 'help'];
    const told = cleaned(callSentence(error));
    expect(verbs(told, /`jit ([a-z][\w-]*)/g).filter((verb) => !here.includes(verb ?? ''))).toEqual([]);
    const there = asTyped(error.sentence);
    expect(verbs(there, /`npx jit ([a-z][\w-]*)/g).filter((verb) => !namesOf(program).includes(verb ?? ''))).toEqual(
      [],
    );
  });
});

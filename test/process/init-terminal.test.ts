import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { askFile } from '../../src/cli/init/ask-file.ts';
import { askTerminal, Cancelled } from '../../src/cli/init/ask-terminal.ts';
import { areOfPeople, peoplePart } from '../../src/cli/init/people.ts';
import type { Around } from '../../src/cli/init/topic.ts';
import { ANSWERS } from '../../src/config/answers.ts';
import { broken, faultsOf } from '../config/files.ts';
import { refusal } from '../core/samples.ts';

const ENTER = '\r';
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

/** A terminal of 80 columns, and somebody who types. */
function terminal() {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const shown: string[] = [];
  output.on('data', (data: Buffer) => shown.push(data.toString()));
  Object.assign(input, { isTTY: true, setRawMode: () => input });
  Object.assign(output, { isTTY: true, columns: 80, rows: 40 });
  return {
    ask: askTerminal({ input, output: output as PassThrough & { columns: number } }),
    /** Each key when the prompt has heard the one before. */
    async type(...keys: readonly string[]) {
      for (const key of keys) {
        await new Promise((resolve) => setImmediate(resolve));
        input.write(key);
      }
    },
    shown: () => stripVTControlCharacters(shown.join('')),
  };
}

const choices = [
  { id: 'azure', label: 'Azure' },
  { id: 'aws', label: 'AWS' },
];

describe('jit init at a terminal', () => {
  it('says what to type where an answer is wrong, and takes the next one', async () => {
    const { ask, type, shown } = terminal();
    const answer = ask.text({ key: 'tenant', ask: 'Which tenant?', wrong: ANSWERS.uuid });
    await type('contoso', ENTER);
    expect(shown()).toContain('It must be an ID such as 7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d');
    await type(...Array.from('contoso', () => '\u007f'), '7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d', ENTER);
    expect(await answer).toBe('7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d');
  });

  it('takes what is usual for nothing', async () => {
    const { ask, type } = terminal();
    const answer = ask.text({ key: 'longest', ask: 'How long?', wrong: ANSWERS.duration, standard: '4h' });
    await type(ENTER);
    expect(await answer).toBe('4h');
    const blank = ask.text({ key: 'longest', ask: 'How long?', wrong: ANSWERS.duration, standard: '4h' });
    await type('  ', ENTER);
    expect(await blank).toBe('4h');
  });

  it('never shows a secret, and takes a reference as one', async () => {
    const { ask, type, shown } = terminal();
    const pasted = ask.secret({ key: 'token', ask: 'Bot token?' });
    await type('xoxb-planted', ENTER);
    expect(await pasted).toEqual({ value: 'xoxb-planted' });
    const reference = ask.secret({ key: 'token', ask: 'Bot token?' });
    await type('env:SLACK_BOT_TOKEN', ENTER);
    expect(await reference).toEqual({ reference: 'env:SLACK_BOT_TOKEN' });
    expect(shown()).not.toContain('xoxb');
  });

  it.each([
    ['env:slack-token', 'It must be env:NAME in capitals'],
    ['File: /run/secrets/one', 'It must be env:NAME in capitals'],
    ['keyVault:https://one.vault.azure.net/secrets/x', 'is written into the file later'],
    ['xapp-1-planted', 'It must begin with xoxb-'],
  ])('keeps nothing as a secret that is none: %s', async (typed, words) => {
    const { ask, type, shown } = terminal();
    const answer = ask.secret({ key: 'token', ask: 'Bot token?', begins: 'xoxb-' });
    await type(typed, ENTER);
    expect(shown().replaceAll(/\s+/g, ' ')).toContain(words);
    expect(shown()).not.toContain('planted');
    await type(...Array.from(typed, () => '\u007f'), 'xoxb-planted', ENTER);
    expect(await answer).toEqual({ value: 'xoxb-planted' });
  });

  it('goes on to the next person where one only presses Enter, until somebody requests and somebody approves', async () => {
    const { ask, type } = terminal();
    const part = peoplePart({ ask } as Around, { slack: true, teams: false });
    await type('Ada', ENTER, 'U0123ADA', ENTER, ENTER, ENTER, 'Grace', ENTER, 'U0123GRACE', ENTER, '\u001b[B', ENTER);
    await type(ENTER, ENTER, ENTER);
    expect(await part).toMatchObject({ groups: { requesters: ['ada'], approvers: ['grace'] } });
  });

  it('asks on where somebody ends with nobody who could approve, and says who is missing', async () => {
    const { ask, type, shown } = terminal();
    const part = peoplePart({ ask } as Around, { slack: true, teams: false });
    const [no, both] = ['\u001b[C', '\u001b[A'];
    await type('Ada', ENTER, 'U0123ADA', ENTER, ENTER, no, ENTER);
    await vi.waitFor(() => expect(shown()).toContain('Nobody approves what is requested; name somebody who does.'));
    await type(ENTER, 'Grace', ENTER, 'U0123GRACE', ENTER, both, ENTER, ENTER);
    await type(ENTER, ENTER);
    expect(await part).toMatchObject({ groups: { requesters: ['ada', 'grace'], approvers: ['grace'] } });
  });

  it.each([
    [['approve', 'approve'], 'nobody requests access; name somebody who does'],
    [['request'], 'nobody approves what is requested; name somebody who does'],
    [['both'], 'nobody approves their own request; name somebody else who approves'],
  ])('says of a file in which people do %s who is missing', async (all, words) => {
    const people = all.map((does, i) => ({ name: `Person ${i}`, slack: `U0123ADA${i}`, does }));
    const ask = askFile({ people }, () => {});
    await peoplePart({ ask } as Around, { slack: true, teams: false });
    expect(refusal(() => ask.settle()).hint).toContain(`people: ${words}`);
  });

  const GRACE = '{ id: grace, name: Grace }';
  it.each([
    ['of people alone', broken([GRACE, `${GRACE}, { id: x }`]), true],
    ['of more people than anybody reads', broken([GRACE, [GRACE, ...Array(150).fill('{ id: x }')].join(', ')]), true],
    ['of people, and of a cloud', broken([GRACE, `${GRACE}, { id: x }`], ['[eu-west-1]', '[nowhere]']), false],
  ])('asks about people once more where the faults are %s', (_, text, isAskedAgain) => {
    const faults = faultsOf(text);
    expect(faults.length).toBeGreaterThan(0);
    expect(areOfPeople(faults)).toBe(isAskedAgain);
  });

  it('lets choose what was found, or type something else', async () => {
    const { ask, type } = terminal();
    const first = ask.one({ key: 'cloud', ask: 'Which?', choices });
    await type('\u001b[B', ENTER);
    expect(await first).toBe('aws');
    const other = ask.one({ key: 'tenant', ask: 'Which?', choices: [], byHand: ANSWERS.account });
    await type('123456789012', ENTER);
    expect(await other).toBe('123456789012');
  });

  const MANY = Array.from({ length: 20 }, (_, i) => ({ id: `${111122223300 + i}`, label: `Account ${i}` }));

  it('finds among many, and lets type what is not among them', async () => {
    const { ask, type } = terminal();
    const question = { key: 'accounts', ask: 'Which?', choices: MANY, byHand: ANSWERS.account };
    const found = ask.one(question);
    await type(...'count 7', ENTER);
    expect(await found).toBe('111122223307');
    const other = ask.one(question);
    await type(...'999988887777', ENTER, '999988887777', ENTER);
    expect(await other).toBe('999988887777');
    const several = ask.some(question);
    await type(...'9999', '\t', ENTER, '999988887777, 111122223307', ENTER);
    expect(await several).toEqual(['999988887777', '111122223307']);
  });

  it('takes what is typed twice once', async () => {
    const { ask, type } = terminal();
    const several = ask.some({ key: 'accounts', ask: 'Which?', choices: [], byHand: ANSWERS.account });
    await type('999988887777, 111122223307,999988887777', ENTER);
    expect(await several).toEqual(['999988887777', '111122223307']);
  });

  it('takes nothing for an answer where none of many fits', async () => {
    const { ask, type, shown } = terminal();
    const answer = ask.one({ key: 'accounts', ask: 'Which?', choices: MANY });
    await type(...'count 70', ENTER);
    expect(shown()).toContain('It must be one of these');
    await type('\u007f', ENTER);
    expect(await answer).toBe('111122223307');
  });

  it('lets choose several, and one more by hand', async () => {
    const { ask, type } = terminal();
    const several = ask.some({ key: 'cloud', ask: 'Which?', choices });
    await type(' ', '\u001b[B', ' ', ENTER);
    expect(await several).toEqual(['azure', 'aws']);
  });

  const kinds = ['text', 'secret', 'one', 'some', 'yes'] as const;
  it.each(
    kinds.flatMap((kind) => [
      { kind, key: CTRL_C },
      { kind, key: CTRL_D },
    ]),
  )('stops at Ctrl-C and Ctrl-D: $kind', async ({ kind, key }) => {
    const { ask, type } = terminal();
    const question = { key: 'any', ask: 'Which?', choices, wrong: () => undefined };
    const asked = kind === 'yes' ? ask.yes({ ...question, standard: true }) : ask[kind](question);
    const ended = expect(asked).rejects.toThrow(Cancelled);
    await type(key);
    await ended;
  });

  it('stays within 80 columns', async () => {
    const { ask, type, shown } = terminal();
    const long = 'Where '.repeat(40).trim();
    ask.say(long);
    const answer = ask.text({ key: 'any', ask: long, where: long, wrong: () => undefined, standard: 'x' });
    await type(ENTER);
    await answer;
    for (const line of shown().split(/\r?\n/)) expect(line.length).toBeLessThanOrEqual(80);
  });
});

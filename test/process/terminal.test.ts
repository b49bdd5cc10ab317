import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { JIT } from '../../simulators/demo/jit.ts';
import { SMALL } from '../config/files.ts';
import { inTerminalOf } from './in-terminal.ts';

const run = promisify(execFile);
const TERMINAL = new URL('../../src/cli/person/terminal.ts', import.meta.url).href;
const LONG =
  'grace and sam are asked about ssh to web-1 in rg-prod, westeurope, and somebody else has it in their hands';

/** What a person's command says: a line, one in colour, and what goes on twice, as long as it can be. */
const SAYS = `
  const { ProgressLine, tell, tone, isAnswered } = await import(${JSON.stringify(TERMINAL)});
  tell(${JSON.stringify(LONG)});
  console.log(tone('green', 'open'));
  const line = new ProgressLine();
  for (const text of ['first', 'first', ${JSON.stringify(LONG)}]) line.say(text);
  line.end();
  console.log(isAnswered() ? 'a person' : 'nobody');
`;
const NODE_SAYS = [process.execPath, '--input-type=module', '-e', SAYS];

/** Runs it in a real terminal of so many columns, and gives what that was sent. */
async function inTerminal(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  columns = 80,
): Promise<string> {
  const options = { env: { PATH: process.env.PATH ?? '', TERM: 'xterm-256color', ...env } };
  const { stdout } = await run(...inTerminalOf(columns, words), options);
  return stdout.replaceAll('\r\n', '\n');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what terminals are sent.
const COLOUR = /\u001b\[[\d;]*m/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what terminals are sent.
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;

/** `jit list`, where nobody is Redis. */
function withoutRedis() {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-terminal-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'drawbridge.yaml');
  const key = 'marks: { keys: [{ id: k1, secret: "env:KEY" }] }';
  writeFileSync(file, `${SMALL}\n${key}\nredis: { url: "redis://127.0.0.1:9" }\n`);
  return {
    words: [process.execPath, JIT, '-c', file, 'list'],
    env: { A: 'xoxb-1', B: 'hush', KEY: Buffer.alloc(32, 7).toString('base64') },
  };
}

/** Commands that print a file, by their last word but choices; a CSV file with a name that is wider than the terminal. */
function toPaste() {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-paste-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const csv = join(folder, 'people.csv');
  const name = 'Ada Augusta '.repeat(6).trim();
  writeFileSync(csv, `id,name,slack\nada,${name},U02ADA0001\n`);
  const words = [
    ...['aws', 'azure', 'gcp'].map((cloud) => [cloud, ['roles', cloud]] as const),
    ['import', ['people', 'import', csv]],
    ['new', ['token', 'new']],
    ['slack', ['manifest', 'slack', '--socket']],
  ] as const;
  return { folder, words };
}

describe('in a terminal of 80 columns', () => {
  it('lines are wrapped, what goes on is written in place, and there is colour', async () => {
    const shown = await inTerminal(NODE_SAYS);
    expect(shown).toMatch(COLOUR);
    expect(shown).toContain('\r\u001b[2Kfirst\r\u001b[2K');
    expect(shown).toContain('a person');
    const lines = shown
      .replaceAll('\r\u001b[2K', '\n')
      .split('\n')
      .map((text) => text.replaceAll(new RegExp(COLOUR, 'g'), ''));
    expect(lines.filter((text) => text.length > 80)).toEqual([]);
  });

  it('there is no colour where NO_COLOR is set', async () => {
    expect(await inTerminal(NODE_SAYS, { NO_COLOR: '1' })).not.toMatch(COLOUR);
  });

  it('a Redis that is away is told once, in words', async () => {
    const { words, env } = withoutRedis();
    const shown = await inTerminal(['sh', '-c', '"$@" || true', 'sh', ...words], env);
    expect(shown.match(/no connection to Redis/g)).toEqual(['no connection to Redis']);
    expect(shown).not.toContain('{"level"');
  });

  it('what is to be pasted or kept is as a pipe gets it, and nothing of it is broken', async () => {
    const { folder, words } = toPaste();
    const read: Readonly<Record<string, (text: string) => unknown>> = {
      aws: (text) => parse(text, { logLevel: 'silent' }),
      azure: JSON.parse,
      gcp: (text) => parse(text),
      import: (text) => parse(text),
      new: (text) => parse(text.slice(text.indexOf('keys:'))),
      slack: (text) => parse(text),
    };
    for (const [verb, more] of words) {
      const asked = [process.execPath, JIT, ...more];
      const shown = await inTerminal(asked);
      const [node = '', ...rest] = asked;
      const { stdout } = await run(node, rest, { cwd: folder });
      // A key is another one each time.
      if (verb !== 'new') expect(shown, verb).toBe(stdout);
      expect(read[verb]?.(shown), verb).toEqual(verb === 'new' ? { keys: [expect.any(String)] } : read[verb]?.(stdout));
    }
  });

  it('help fits', async () => {
    const help = await inTerminal([process.execPath, JIT, '--help']);
    expect(help).toContain('Usage: jit');
    expect(help.split('\n').filter((text) => text.length > 80)).toEqual([]);
  });
});

it('a terminal that does not say how wide it is gets whole lines', async () => {
  const shown = await inTerminal(NODE_SAYS, {}, 0);
  expect(shown.split('\n')[0]).toBe(LONG);
  expect(shown.split('\r\u001b[2K').slice(1)).toEqual(['first', `${LONG.slice(0, 79)}\na person\n`]);
});

describe('elsewhere', () => {
  it('a Redis that is away is told once, as a line of JSON', async () => {
    const { words, env } = withoutRedis();
    const [node = '', ...rest] = words;
    const options = { env: { PATH: process.env.PATH ?? '', ...env } };
    const { stderr } = await run(node, rest, options).catch((error: { readonly stderr: string }) => error);
    const lines = stderr.split('\n').filter((line) => line.startsWith('{'));
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['no connection to Redis; trying again']);
    expect(stderr).toContain('\nDrawbridge cannot write to Redis, so nothing is opened.');
  });

  it('lines are whole and plain, and what goes on is a line for each thing that is new', async () => {
    const [node = '', ...words] = NODE_SAYS;
    const { stdout, stderr } = await run(node, words, { env: { PATH: process.env.PATH ?? '' } });
    expect(stdout).toBe(`${LONG}\nopen\nnobody\n`);
    expect(stderr).toBe(`first\n${LONG}\n`);
    expect(stdout + stderr).not.toMatch(CONTROL);
  });
});

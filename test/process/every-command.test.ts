import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { everyCommand, pathOf, WITHOUT_JSON } from '../../src/cli/every-command.ts';
import { program, runJit } from '../../src/cli/jit.ts';
import { personal, runPersonal } from '../../src/cli/person/main.ts';
import { broken } from '../config/files.ts';
import { JIT } from './command-line.ts';
import { NOWHERE, OPERATOR, PERSON, type Row, SHARED, STATE } from './every-command-rows.ts';

let out = '';
let error = '';
beforeEach(() => {
  vi.stubEnv('XDG_STATE_HOME', STATE);
  for (const name of ['JIT_SERVER', 'DRAWBRIDGE_CONFIG', 'LOG_LEVEL']) vi.stubEnv(name, undefined);
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    error += String(text);
    return true;
  });
  vi.spyOn(console, 'log').mockImplementation((text) => {
    out += `${text}\n`;
  });
  vi.spyOn(console, 'error').mockImplementation((text) => {
    error += `${text}\n`;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = 0;
});

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

type Run = (...words: readonly string[]) => Promise<Ran>;
const running =
  (ran: (argv: readonly string[]) => Promise<unknown>): Run =>
  async (...words) => {
    [out, error] = ['', ''];
    process.exitCode = 0;
    await ran(['node', 'jit', ...words]);
    return { code: Number(process.exitCode), out, error };
  };
const asOperator = running((argv) => runJit([...argv, '-c', join(NOWHERE, 'drawbridge.yaml')]));
const asOperatorOf = (file: string) => running((argv) => runJit([...argv, '-c', file]));
const asPerson = running(runPersonal);

interface Told {
  readonly said?: readonly string[];
  readonly error?: { readonly code: string; readonly kind: string; readonly detail: string };
}

// Another file of tests in the same process may have written there.
beforeAll(() => rmSync(NOWHERE, { recursive: true, force: true }));

describe.each([
  ['the operator', program, asOperator, { ...OPERATOR, ...PERSON }],
  ['a person', personal, asPerson, { ...PERSON, ...SHARED }],
] as const)('every command of %s', (_, whole: Command, run: Run, rows: Readonly<Record<string, Row>>) => {
  const commands = everyCommand(whole).map((command) => [pathOf(command), command] as const);

  it('has a row in this table, and is in docs/commands.md', () => {
    expect(commands.map(([path]) => path).toSorted()).toEqual(Object.keys(rows).toSorted());
    const page = readFileSync(new URL('../../docs/commands.md', import.meta.url), 'utf8');
    expect(commands.map(([path]) => path).filter((path) => !page.includes(path))).toEqual([]);
  });

  it.each(commands)('%s: help, wrong options, what is missing', async (path, command) => {
    const words = path.split(' ');
    const help = await run(...words, '--help');
    expect(help).toMatchObject({ code: 0, error: '' });
    expect(help.out).toContain(`Usage: jit ${path} `);
    const typo = `${words.at(-1)}x`;
    const mistyped = await run(...words.slice(0, -1), typo);
    expect(mistyped).toMatchObject({ code: 2, out: '' });
    expect(mistyped.error).toContain(`error: unknown command '${typo}'\n(Did you mean ${words.at(-1)}?)`);
    // Asked for help with it, one is told the same, and not of all that there is.
    expect((await run(...words.slice(0, -1), 'help', typo)).error).toBe(mistyped.error);
    const wrong = await run(...words, ...(rows[path]?.words ?? []), '--hlep');
    expect(wrong).toMatchObject({ code: 2, out: '' });
    expect(wrong.error).toContain("error: unknown option '--hlep'\n(Did you mean --help?)");
    const isNeeded =
      command.registeredArguments.some(({ required }) => required) ||
      command.options.some(({ mandatory }) => mandatory);
    if (!isNeeded) return;
    expect(await run(...words)).toMatchObject({
      code: 2,
      out: '',
      error: expect.stringMatching(/^error: (?:missing|required)/),
    });
  });

  it.each(commands)('%s: a configuration that cannot be read', async (path) => {
    const { words = [], ends, alone } = rows[path] ?? { ends: -1 };
    // These read none: a drill is begun in chat.
    if (ends !== 1 || alone || ['drill', 'people import', 'manifest teams'].includes(path)) return;
    const said = await asOperatorOf(STATE)(...path.split(' '), ...words);
    expect(said).toMatchObject({ code: 1, out: '', error: expect.stringContaining(`${STATE} is a folder;`) });
  });

  it.each(commands)('%s: exit codes, and JSON also where it does not work', async (path) => {
    const { words = [], ends, alone } = rows[path] ?? { ends: -1 };
    if (alone) return;
    const all = [...path.split(' '), ...words];
    const plain = await run(...all);
    expect(plain.code).toBe(ends);
    if (ends === 0) expect(plain).toMatchObject({ out: expect.stringMatching(/./), error: '' });
    else expect(plain).toMatchObject({ out: '', error: expect.stringMatching(/\w/) });
    const asked = await run(...all, '--json');
    const told = JSON.parse(asked.out) as Told;
    if (path in WITHOUT_JSON) {
      expect(asked.code).toBe(2);
      return expect(told.error?.detail).toBe("unknown option '--json'");
    }
    expect([asked.code, asked.error]).toEqual([ends, plain.error]);
    if (ends !== 0)
      expect(told.error).toMatchObject({ code: expect.stringMatching(/./), kind: expect.stringMatching(/./) });
    if (ends !== 0) expect(plain.error.replaceAll(/\s+/g, ' ')).toContain(told.error?.detail.replaceAll(/\s+/g, ' '));
    const mistyped = await run(...all, '--hlep', '--json');
    expect(mistyped.code).toBe(2);
    expect(JSON.parse(mistyped.out)).toMatchObject({
      error: { code: 'commandLine', detail: "unknown option '--hlep'" },
    });
  });

  it('is mistyped as a whole', async () => {
    expect(await run('lst')).toMatchObject({
      code: 2,
      out: '',
      error: expect.stringContaining('(Did you mean list?)'),
    });
  });
});

describe('each reason for which a command has no --json', () => {
  it('is of a command that is there, and is in docs/commands.md', () => {
    const all = [...everyCommand(program), ...everyCommand(personal)].map(pathOf);
    expect(Object.keys(WITHOUT_JSON).filter((path) => !all.includes(path))).toEqual([]);
    const page = readFileSync(new URL('../../docs/commands.md', import.meta.url), 'utf8');
    const without = /^All commands print one JSON document .*?\n\n/ms.exec(page)?.[0] ?? '';
    expect(Object.keys(WITHOUT_JSON).filter((path) => !without.includes(`\`${path}\``))).toEqual([]);
  });
});

it('leaves nothing behind', () => {
  expect(existsSync(NOWHERE)).toBe(false);
});

describe('a process', { timeout: 120_000 }, () => {
  const exec = promisify(execFile);
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-every-command-'));
  const env = { PATH: process.env.PATH ?? '', XDG_STATE_HOME: folder };
  const jit = async (...words: readonly string[]): Promise<Ran> => {
    const child = exec(process.execPath, [JIT, ...words], { env, cwd: folder });
    child.child.stdin?.end();
    return child.then(
      ({ stdout, stderr }) => ({ code: 0, out: stdout, error: stderr }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
        code,
        out: stdout,
        error: stderr,
      }),
    );
  };

  it('says why it does not start, and why it asks nothing where nobody sits', async () => {
    expect(await jit('start', '-c', 'nowhere.yaml')).toMatchObject({
      code: 1,
      out: '',
      error: expect.stringContaining('nowhere.yaml'),
    });
    expect(await jit('init')).toMatchObject({ code: 1, out: '', error: expect.stringContaining('--answers') });
  });

  it('goes on where nobody reads what it says any more', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is bash's.
    const script = 'set -o pipefail; "$NODE" "$JIT" completion bash | head -1; echo "ended ${PIPESTATUS[0]}"';
    const said = execFileSync('bash', ['-c', script], {
      env: { ...env, NODE: process.execPath, JIT },
      encoding: 'utf8',
    });
    expect(said).toBe('_jit() {\nended 0\n');
    writeFileSync(join(folder, 'some.yaml'), broken());
    // Nobody reads from the beginning.
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is bash's.
    const closed = '"$NODE" "$JIT" check some.yaml --offline | true; echo "ended ${PIPESTATUS[0]}"';
    const then = execFileSync('bash', ['-c', closed], {
      env: { ...env, NODE: process.execPath, JIT },
      cwd: folder,
      encoding: 'utf8',
    });
    expect(then).toBe('ended 0\n');
  });
});

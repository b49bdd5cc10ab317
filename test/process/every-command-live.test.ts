import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { demoSecrets } from '../../simulators/demo/config.ts';
import { type Demo, startDemo } from '../../simulators/demo/start.ts';
import { everyCommand, pathOf, WITHOUT_JSON } from '../../src/cli/every-command.ts';
import { program } from '../../src/cli/jit.ts';
import { JIT, type Ran } from './command-line.ts';
import { OPERATOR } from './every-command-rows.ts';

/** Beside a program that runs, these would begin something, or wait for input or for a key. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  start: 'test/process/start.test.ts',
  init: 'test/process/init.test.ts',
  'break-glass': 'test/process/break-glass.test.ts',
  protect: 'test/process/cli.test.ts',
  'audit erase': 'test/process/audit-people.test.ts',
};
/** What is wrong with what they look at is what these print: their document has no `error`. */
const VERDICTS = ['doctor', 'check', 'policy test'];
const COMMANDS = everyCommand(program)
  .map(pathOf)
  .filter((path) => path in OPERATOR && !(path in ELSEWHERE));
const LIMIT_MS = 600_000;

interface Terminal {
  readonly env?: Readonly<Record<string, string>>;
  /** Nobody reads what it says, and nothing comes in. */
  readonly isClosed?: boolean;
}

describe('every command of the operator', { timeout: LIMIT_MS, concurrent: true }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-every-command-live-'));
  const away = join(folder, 'away');
  let demo: Demo;
  beforeAll(async () => {
    demo = await startDemo({ folder, shortest: '3s', azureMinimum: 0, appendfsync: 'everysec' });
    const { redis: _, ...config } = parse(readFileSync(join(folder, 'drawbridge.yaml'), 'utf8'));
    mkdirSync(away);
    const marks = { keys: [{ id: 'k1', secret: 'env:MARK_KEY' }] };
    // Nobody listens there, and nobody may but root.
    const text = stringify({ ...config, marks, redis: { url: 'redis://127.0.0.1:1' } });
    writeFileSync(join(away, 'drawbridge.yaml'), text);
  }, LIMIT_MS);
  afterAll(() => demo.stop());

  const jit = (cwd: string, words: readonly string[], { env = {}, isClosed = false }: Terminal = {}) =>
    new Promise<Ran>((resolve) => {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is bash's.
      const through = isClosed ? '"$@" <&- | true; exit "${PIPESTATUS[0]}"' : '"$@" < /dev/null';
      const whole = {
        PATH: process.env.PATH,
        HOME: folder,
        XDG_STATE_HOME: folder,
        ...demoSecrets(demo.services),
        ...env,
      };
      const command = ['-c', through, 'bash', process.execPath, JIT, ...words];
      execFile('bash', command, { cwd, env: whole, timeout: LIMIT_MS }, (error, out, told) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, error: told }),
      );
    });
  const wordsOf = (path: string) => [...path.split(' '), ...(OPERATOR[path]?.words ?? [])];
  const TRACE = /^ {4}at |EPIPE|EBADF|Something went wrong inside/m;

  it.for(COMMANDS)('%s, beside a program that runs', async (path, { expect }) => {
    const words = wordsOf(path);
    const unread = await jit(folder, words, { isClosed: true });
    expect([0, 1], unread.error).toContain(unread.code);
    expect(unread.error).not.toMatch(TRACE);
    const isPlain = path in WITHOUT_JSON;
    const env = { TERM: 'dumb', NO_COLOR: '1', COLUMNS: '40' };
    const { code, out, error } = await jit(folder, isPlain ? words : [...words, '--json'], { env });
    expect(out + error).not.toMatch(TRACE);
    expect(out + error).not.toContain('\u001b');
    if (isPlain) return;
    const told = JSON.parse(out);
    if (code !== 0 && !VERDICTS.includes(path))
      expect(told.error).toMatchObject({ code: expect.stringMatching(/./), detail: expect.stringMatching(/./) });
    if (code === 0) expect(told).not.toHaveProperty('error');
  });

  it.for(COMMANDS)('%s, while Redis is away', async (path, { expect }) => {
    const words = wordsOf(path);
    const isPlain = path in WITHOUT_JSON;
    const said = await jit(away, isPlain ? words : [...words, '--json']);
    expect([0, 1], said.error).toContain(said.code);
    expect(said.out + said.error).not.toMatch(TRACE);
    if (said.code === 0) return;
    if (isPlain) return expect(said.error).toMatch(/\w/);
    const told = JSON.parse(said.out);
    if (!VERDICTS.includes(path)) expect(told.error).toMatchObject({ detail: expect.stringMatching(/./) });
  });
});

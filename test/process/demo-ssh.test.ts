import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { Client } from 'ssh2';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { freePort } from '../../simulators/demo/free-port.ts';
import { type DemoShell, isOpenToRequester, SHELL_MACHINE, startShell } from '../../simulators/demo/shell.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { type Demo, startDemo } from '../../simulators/demo/start.ts';
import { type OidcSimulator, startOidcSimulator } from '../../simulators/oidc/index.ts';
import { people } from '../../simulators/world.ts';
import { atCommandLine, JIT } from './command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'drawbridge-ssh-'));
const LONG = { timeout: 600_000 };
let [oidc, shell, demo, stage, url] = [] as unknown as [OidcSimulator, DemoShell, Demo, Stage, string];
const { jit, login, envOf } = atCommandLine(folder, () => ({ url, oidc }));

/** As `npm run demo` has it, but for its page and its past. */
beforeAll(async () => {
  [oidc, shell] = await Promise.all([startOidcSimulator(), startShell()]);
  const port = await freePort();
  url = `http://localhost:${port}`;
  oidc.register(`${url}/sign-in`);
  const shape = { shortest: '30s', azureMinimum: 0, appendfsync: 'everysec', isCompany: true } as const;
  const board = { url, provider: oidc };
  demo = await startDemo({ folder: join(folder, 'data'), ...shape, port, board, shellPort: shell.port });
  shell.openWhile(() => isOpenToRequester(demo.services, shell.port));
  stage = new Stage(demo.services, () => {});
  await stage.slack('security', `/jit protect ${SHELL_MACHINE} ${shell.port}`);
}, LONG.timeout);
afterAll(async () => {
  stage?.stop();
  await demo?.stop();
  await shell?.stop();
  await oidc?.stop();
  rmSync(folder, { recursive: true });
});

/** A session as ssh has one through a ProxyCommand: the program’s input and output are the connection. */
function session({ stdin, stdout }: ChildProcessWithoutNullStreams): Promise<Client> {
  const client = new Client();
  return new Promise((resolve, reject) => {
    client.once('ready', () => resolve(client)).once('error', reject);
    client.connect({
      sock: Duplex.from({ readable: stdout, writable: stdin } as never),
      username: 'ada',
      readyTimeout: 240_000,
    });
  });
}

it('`jit ssh` asks, waits for the press in Teams, and carries a session through the demo', LONG, async () => {
  expect(await login('ada', people.requester.name, '--no-browser')).toMatchObject({ code: 0 });
  // Before anybody approved, nothing answers there.
  expect(isOpenToRequester(demo.services, shell.port)).toBe(false);
  const words = ['ssh', '--proxy', SHELL_MACHINE, String(shell.port), '--because', 'a look'];
  const child = spawn(process.execPath, [JIT, ...words], { env: envOf('ada'), cwd: folder });
  let told = '';
  child.stderr.on('data', (data) => (told += data));
  const connecting = session(child);
  const id = await vi.waitUntil(() => /Request `([2-9a-z]{7})`/.exec(told)?.[1], { timeout: 120_000, interval: 50 });
  await stage.approveInTeams('manager', id);
  const client = await connecting;
  const said = await new Promise<string>((resolve, reject) =>
    client.shell((error, channel) => {
      if (error) return reject(error);
      let text = '';
      channel.on('data', (data: Buffer) => (text += data)).once('close', () => resolve(text));
      channel.write(`${'x'.repeat(100_000)}\nexit\n`);
    }),
  );
  expect(said).toContain(`You are on ${SHELL_MACHINE}`);
  expect(said).toContain(`${SHELL_MACHINE} heard: ${'x'.repeat(100_000)}`);
  expect(said.trim().endsWith('Bye.')).toBe(true);
  client.end();
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
  expect(told).toContain(`${SHELL_MACHINE}: active`);

  expect(await jit('ada', 'revoke', id)).toMatchObject({ code: 0 });
  await stage.told('closed', SHELL_MACHINE);
  expect(isOpenToRequester(demo.services, shell.port)).toBe(false);
});

/** A `jit ssh` that waits for a decision, as ssh's ProxyCommand. */
async function waiting(...more: readonly string[]) {
  const words = ['ssh', '--proxy', SHELL_MACHINE, String(shell.port), '--because', 'another look', ...more];
  const child = spawn(process.execPath, [JIT, ...words], { env: envOf('ada'), cwd: folder });
  const told = { out: '', error: '' };
  child.stdout.on('data', (data) => (told.out += data));
  child.stderr.on('data', (data) => (told.error += data));
  const ended = new Promise<readonly unknown[]>((resolve) => child.once('close', (...how) => resolve(how)));
  const id = () => /Request `([2-9a-z]{7})`/.exec(told.error)?.[1];
  return { child, told, ended, id: await vi.waitUntil(id, { timeout: 120_000, interval: 50 }) };
}

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'whoever stops waiting (%s) is told what stays',
  LONG,
  async (signal) => {
    const { child, told, ended, id } = await waiting();
    await vi.waitUntil(() => told.error.includes(`${SHELL_MACHINE}: pending`), { timeout: 60_000, interval: 50 });
    child.kill(signal);
    expect(await ended).toEqual([null, signal]);
    expect(told.error).toContain(`Request \`${id}\` stays, though nobody waits here:`);
    expect(told.out).toBe('');
    expect(await jit('ada', 'withdraw', id)).toMatchObject({ code: 0 });
  },
);

it('ends as the table says: denied 3, still waiting 4, no machine 3, no reason and nobody to ask 2', LONG, async () => {
  const denied = await waiting();
  await stage.slack('manager', `/jit deny ${denied.id} not today`);
  expect(await denied.ended).toEqual([3, null]);
  expect(denied.told).toMatchObject({ out: '', error: expect.stringContaining('denied') });
  const slow = await waiting('--timeout', '1s');
  expect(await slow.ended).toEqual([4, null]);
  expect(slow.told).toMatchObject({ out: '', error: expect.stringContaining(slow.id) });
  expect(await jit('ada', 'withdraw', slow.id)).toMatchObject({ code: 0 });
  const nowhere = await jit('ada', 'ssh', '--proxy', 'no-such-machine', '22', '--because', 'a look');
  expect(nowhere).toMatchObject({ code: 3, out: '', error: expect.stringContaining('no-such-machine') });
  const silent = await jit('ada', 'ssh', '--proxy', SHELL_MACHINE, String(shell.port));
  expect(silent).toMatchObject({ code: 2, out: '', error: expect.stringContaining('--because') });
});

it('ends when whoever reads it is gone, with nothing on its lips', LONG, async () => {
  const { child, told, ended, id } = await waiting();
  await stage.approveInTeams('manager', id);
  await vi.waitUntil(() => told.out.startsWith('SSH-2.0'), { timeout: 120_000, interval: 50 });
  child.stdout.destroy();
  child.stdin.end('SSH-2.0-gone\r\n');
  expect(await ended).toEqual([0, null]);
  expect(told.error).not.toMatch(/EPIPE|^ +at /m);
  expect(await jit('ada', 'revoke', id)).toMatchObject({ code: 0 });
});

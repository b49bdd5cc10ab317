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

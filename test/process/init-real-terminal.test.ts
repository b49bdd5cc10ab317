import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, it, onTestFinished, vi } from 'vitest';
import { JIT } from '../../simulators/demo/jit.ts';
import { inTerminalOf } from './in-terminal.ts';

const [ENTER, DOWN, SPACE, CTRL_C] = ['\r', '\u001b[B', ' ', '\u0003'];
/** As shells have it for whoever pressed Ctrl-C. */
const INTERRUPTED = 130;

/** `jit init` in a real terminal, in a folder of its own, and somebody who types. */
function started(env: Readonly<Record<string, string>>) {
  const [folder, home] = ['folder', 'home'].map((name) => mkdtempSync(join(tmpdir(), `drawbridge-init-${name}-`)));
  const child = spawn(...inTerminalOf(80, [process.execPath, JIT, 'init']), {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: home, TERM: 'xterm-256color', ...env },
  });
  const ended = once(child, 'exit');
  let [sent, seen] = ['', 0];
  child.stdout.on('data', (data: Buffer) => (sent += data.toString()));
  const shown = () => stripVTControlCharacters(sent);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
    for (const one of [folder, home]) rmSync(one ?? '', { recursive: true, force: true });
  });
  return {
    shown,
    /** Once it is asked, after what was answered last. */
    async answer(question: string, ...keys: readonly string[]): Promise<void> {
      await vi.waitFor(() => expect(shown().slice(seen)).toContain(question), { timeout: 60_000, interval: 50 });
      seen = shown().length;
      child.stdin.write(keys.join(''));
    },
    type: (key: string) => child.stdin.write(key),
    /** How it ended, and what it left there. */
    async end() {
      const [code] = await ended;
      return { code, written: readdirSync(folder ?? '') };
    },
  };
}

it('Ctrl-C while it looks around stops it, and nothing is written', async () => {
  const cloud = createServer((socket) => void socket.on('error', () => {}));
  const asked = once(cloud, 'connection');
  await new Promise<void>((resolve) => cloud.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void cloud.close());
  const { answer, type, end, shown } = started({
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(cloud.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'planted',
  });
  await answer('Name of this installation?', ENTER);
  await answer('Which clouds have the machines?', DOWN, SPACE, ENTER);
  await answer('Which chats do people use?', SPACE, ENTER);
  await answer('How does Slack deliver?', DOWN, ENTER);
  const [socket] = await asked;
  onTestFinished(() => void socket.destroy());
  type(CTRL_C);
  expect(await end()).toEqual({ code: INTERRUPTED, written: [] });
  expect(shown()).toContain('Cancelled. Nothing was written.');
});

it('a terminal that is dumb is asked nothing, and told why', async () => {
  const { end, shown } = started({ TERM: 'dumb' });
  expect(await end()).toEqual({ code: 1, written: [] });
  expect(shown().replaceAll(/\s+/g, ' ')).toContain(
    'jit init asks at a terminal that is not dumb (TERM); elsewhere, give it --answers <file>',
  );
});

import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { JIT } from '../../simulators/demo/jit.ts';
import { SMALL } from '../config/files.ts';
import { node } from '../redis/nodes.ts';

/** All that SMALL refers to. */
const SECRETS = { A: 'xoxb-1', B: 'hush', KEY: 'the key of a test', PASSWORD: 'wrong' };

/** A folder with a configuration, in which `jit` is run. Nothing in it may run on when the command is over. */
function house(more = '', text = SMALL) {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-start-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'drawbridge.yaml'), `${text}${more}`);
  return {
    folder,
    jit(words: readonly string[], env: Readonly<Record<string, string>> = SECRETS) {
      return new Promise<{ code: number; said: string }>((resolve) => {
        const options = { cwd: folder, env: { PATH: process.env.PATH, ...env }, timeout: 60_000 };
        execFile(process.execPath, [JIT, ...words], options, (error, out, told) =>
          resolve({ code: Number(error?.code ?? (error ? -1 : 0)), said: out + told }),
        );
      });
    },
    /** Processes that work in the folder, or below it. */
    left: () =>
      readdirSync('/proc').flatMap((pid) => {
        try {
          return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(folder) ? [pid] : [];
        } catch {
          return [];
        }
      }),
  };
}

const KEYS = 'marks: { keys: [{ id: k1, secret: env:KEY }] }\n';

describe('a fault of the configuration ends the program, and leaves nothing running', () => {
  it.each([['start'], ['protect', 'web-1', 'usual']])(
    '%s with secrets that are not set: all are said, and no Redis starts',
    async (...words) => {
      const { jit, left, folder } = house(KEYS);
      const { code, said } = await jit(words, { A: 'xoxb-1' });
      expect(code).toBe(1);
      expect(said).toContain('slack.signingSecret: the secret env:B is not set (line 2)');
      expect(said).toContain('marks.keys[0].secret: the secret env:KEY is not set');
      expect(said).not.toContain('env:A');
      expect(left()).toEqual([]);
      expect(existsSync(join(folder, '.data', 'redis'))).toBe(false);
    },
  );

  it.each([['start'], ['protect', 'web-1', 'usual']])('%s with a Redis that may lose data', async (...words) => {
    const { port } = await node({ lines: ['appendonly no'] });
    const { jit, left } = house(`${KEYS}redis: { url: "redis://127.0.0.1:${port}" }\n`);
    const { code, said } = await jit(words);
    expect([code, said]).toEqual([1, expect.stringContaining('This Redis may lose data: appendonly is off')]);
    expect(left()).toEqual([]);
  });

  it('protect with a Redis that lets nobody in who says this', async () => {
    const { port } = await node({ lines: ['requirepass right'], direct: { password: 'right' } });
    const { jit } = house(`${KEYS}redis: { url: "redis://127.0.0.1:${port}", password: env:PASSWORD }\n`);
    const { code, said } = await jit(['protect', 'web-1', 'usual']);
    expect([code, said]).toEqual([1, expect.stringContaining('Redis does not let Drawbridge in: WRONGPASS')]);
  });

  it('with a port that another program has: its own Redis ends with it', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as { port: number };
    const { jit, left, folder } = house(`${KEYS}http: { port: ${port} }\n`);
    const { code, said } = await jit(['start']);
    expect(code).toBe(1);
    expect(said).toContain(`http: cannot listen on 127.0.0.1, port ${port}: another program has this port`);
    expect(readFileSync(join(folder, '.data', 'redis', 'redis.conf'), 'utf8')).toContain('appendonly yes');
    expect(left()).toEqual([]);
  });
});

describe('a store', () => {
  it('of another installation is refused, and so is another key for its marks', async () => {
    const { port } = await node();
    const redis = `redis: { url: "redis://127.0.0.1:${port}" }\n`;
    const why = ['why', 'web-1', '22', 'from', '203.0.113.7'];
    // The port of the cloud is closed: what is said then comes from behind the store.
    const cloud = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' };
    const own = house(KEYS + redis);
    expect((await own.jit(why, { ...SECRETS, ...cloud })).said).not.toMatch(/belongs|another key/);
    const other = house(KEYS + redis, SMALL.replace('installation: test', 'installation: staging'));
    expect(await other.jit(['start'])).toEqual({
      code: 1,
      said: expect.stringContaining('This Redis belongs to the installation test; this one is staging.'),
    });
    expect(await own.jit(['start'], { ...SECRETS, KEY: 'another key' })).toEqual({
      code: 1,
      said: expect.stringContaining('The marks of this installation are signed with another key.'),
    });
    // A new key in front of the known one takes its place.
    const turned = house(`marks: { keys: [{ id: k2, secret: env:NEW }, { id: k1, secret: env:KEY }] }\n${redis}`);
    expect((await turned.jit(why, { ...SECRETS, ...cloud, NEW: 'a new key' })).said).not.toMatch(/another key/);
    expect((await own.jit(['start'])).said).toContain('signed with another key');
  });
});

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JitError } from '../../src/core/errors/errors.ts';
import { findRedisProgram } from '../../src/redis/find-program.ts';
import { writeStub } from './stub.ts';

let folder: string;
let bin: string;
let cache: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-'));
  bin = join(folder, 'bin');
  cache = join(folder, 'cache');
  for (const tool of ['mkdir', 'touch', 'chmod', 'cat']) writeStub(bin, tool, `#!/bin/sh\nexec /bin/${tool} "$@"\n`);
  vi.stubEnv('PATH', bin);
  vi.stubEnv('CALLS', join(folder, 'calls'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** An apt that has its lists (or only those it fetched itself), and a dpkg-deb that unpacks a server that runs. */
function writeApt(lists: 'system' | 'private' | 'none'): void {
  const known = { system: 'true', private: '[ -e "$lists/fetched" ]', none: 'false' }[lists];
  writeStub(
    bin,
    'apt-get',
    `#!/bin/sh
echo "$*" >> "$CALLS"
for word; do case "$word" in Dir::State::lists=*) lists="\${word#*=}";; esac; done
case "$*" in
*update) touch "$lists/fetched"; exit 100;;
*install*) ${known} || exit 100; printf 'Inst libjemalloc2 (5.3)\\nInst adduser (3)\\nInst redis-server (7.0)\\nConf x\\n';;
*download*) touch redis-server.deb libjemalloc2.deb;;
esac
`,
  );
  writeStub(
    bin,
    'dpkg-deb',
    `#!/bin/sh
mkdir -p "$3/usr/bin" "$3/usr/lib/x86_64-linux-gnu"
printf '#!/bin/sh\\n[ -n "$LD_LIBRARY_PATH" ]\\n' > "$3/usr/bin/redis-server"
chmod +x "$3/usr/bin/redis-server"
`,
  );
}

const calls = () => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');

describe('finding a Redis server', () => {
  it('takes redis-server from PATH, else valkey-server', async () => {
    writeStub(bin, 'valkey-server', '');
    expect(await findRedisProgram(cache)).toEqual({ path: join(bin, 'valkey-server') });
    writeStub(bin, 'redis-server', '');
    expect(await findRedisProgram(cache)).toEqual({ path: join(bin, 'redis-server') });
  });

  it('else unpacks the distribution’s package with the libraries that are missing, once', async () => {
    writeApt('system');
    const found = await findRedisProgram(cache);
    expect(found.path).toMatch(/cache\/[\w.-]+\/usr\/bin\/redis-server$/);
    expect(found.libraryPath).toMatch(/usr\/lib\/x86_64-linux-gnu$/);
    expect(calls().at(-1)).toBe('--quiet download libjemalloc2 redis-server');

    expect(await findRedisProgram(cache)).toEqual(found);
    expect(calls()).toHaveLength(2);
  });

  it('fetches package lists of its own where the system has none', async () => {
    writeApt('private');
    expect((await findRedisProgram(cache)).path).toContain(cache);
    expect(calls().at(-1)).toMatch(/Dir::State::lists=\S+ .* download libjemalloc2 redis-server$/);
  });

  it('is safe for two that unpack at once, and leaves nothing half unpacked', async () => {
    writeApt('system');
    const [one, two] = await Promise.all([findRedisProgram(cache), findRedisProgram(cache)]);
    expect(one).toEqual(two);
    expect(existsSync(one.path)).toBe(true);
    expect(readdirSync(cache)).toHaveLength(1);
  });

  it.each(['none', 'no apt'] as const)('says what to install when nothing can be had (%s)', async (lists) => {
    if (lists === 'none') writeApt(lists);
    const error = await findRedisProgram(cache).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(JitError);
    const { code, say, hint } = error as JitError;
    expect(`${code}: ${say} ${hint}`).toMatch(
      /^missingProgram: redis-server was not found\. .*install.*REDIS_URL.*\.$/i,
    );
    expect(existsSync(cache) ? readdirSync(cache) : []).toEqual([]);
  });
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JitError } from '../core/errors/errors.ts';
import type { Log } from '../ports/log.ts';
import { type RedisProgram, unpackDebianRedis } from './debian-package.ts';
import { findOnPath } from './on-path.ts';

/**
 * A Redis (or Valkey) server program: from PATH, else this distribution's own package unpacked into the cache.
 *
 * @param cacheDir where packages are unpacked; the project's `.cache/redis` unless told otherwise
 * @throws JitError `missingProgram`, which says what to install here
 */
export async function findRedisProgram(
  cacheDir = join(import.meta.dirname, '..', '..', '.cache', 'redis'),
  log?: Log,
): Promise<RedisProgram> {
  const path = await findOnPath(['redis-server', 'valkey-server']);
  if (path) return { path };
  try {
    const unpacked = await unpackDebianRedis(cacheDir, log);
    if (unpacked) return unpacked;
  } catch (cause) {
    log?.warn({ error: String(cause), cacheDir }, 'the Redis package of this system could not be unpacked');
    throw new JitError('missingProgram', { program: 'redis-server', fix: await advice() }, { cause });
  }
  throw new JitError('missingProgram', { program: 'redis-server', fix: await advice() });
}

async function advice(): Promise<string> {
  return `${await installation()}, or set REDIS_URL to your own Redis.`;
}

async function installation(): Promise<string> {
  if (process.platform === 'darwin') return 'Run `brew install redis`';
  if (process.platform !== 'linux') return 'Redis does not run on this system: start Drawbridge in WSL';
  const system = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const family = /^ID(?:_LIKE)?=.*\b(debian|ubuntu|fedora|rhel|alpine|arch|suse)\b/m.exec(system)?.[1] ?? '';
  return COMMANDS[family] ?? 'Install your distribution’s package redis or valkey';
}

const COMMANDS: Readonly<Record<string, string>> = {
  debian: 'Run `sudo apt install redis-server`',
  ubuntu: 'Run `sudo apt install redis-server`',
  fedora: 'Run `sudo dnf install valkey`',
  rhel: 'Run `sudo dnf install valkey`',
  alpine: 'Run `apk add valkey`',
  arch: 'Run `sudo pacman -S valkey`',
  suse: 'Run `sudo zypper install redis`',
};

import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { JitError } from '../core/errors/errors.ts';
import type { Log } from '../ports/log.ts';
import { findOnPath } from './on-path.ts';

const run = promisify(execFile);
const COMMAND_LIMIT_MS = 180_000;

/** A program that runs with these shared libraries (the text of LD_LIBRARY_PATH; undefined: the system's own). */
export interface RedisProgram {
  readonly path: string;
  readonly libraryPath?: string;
}

/**
 * Debian's or Ubuntu's own Redis package, unpacked into a cache folder: nothing is installed and no root is needed. apt
 * checks the signatures and hashes as it always does, and its own resolver says which libraries are missing here.
 *
 * @param cacheDir where to unpack; several programs may do so at once
 * @returns undefined where there is no apt
 */
export async function unpackDebianRedis(cacheDir: string, log?: Log): Promise<RedisProgram | undefined> {
  if (!(await findOnPath(['apt-get'])) || !(await findOnPath(['dpkg-deb']))) return undefined;
  const target = join(cacheDir, await systemName());
  if (!(await exists(target))) {
    log?.info({ folder: target }, 'Redis is not installed: unpacking the package of this system into the cache');
    await mkdir(cacheDir, { recursive: true });
    const work = await mkdtemp(join(cacheDir, '.unpacking-'));
    try {
      const root = await downloadAndUnpack(work);
      await run((await programIn(root)).path, ['--version'], await environment(root));
      await rename(root, target).catch(async (error: unknown) => {
        // Somebody else was quicker: theirs is as good.
        if (!(await exists(target))) throw error;
      });
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  return programIn(target);
}

async function downloadAndUnpack(work: string): Promise<string> {
  try {
    await download(work, []);
  } catch {
    // No package lists (container images have none) or outdated ones: fetch our own, beside the system's.
    const lists = join(work, 'lists');
    await mkdir(join(lists, 'partial'), { recursive: true });
    const own = [`Dir::State::lists=${lists}`, 'Dir::Cache::pkgcache=', 'Dir::Cache::srcpkgcache='];
    const options = own.flatMap((option) => ['-o', option]);
    // One unreachable source among several makes apt fail although the others are there: the next step tells.
    await apt(work, [...options, 'update']).catch(() => undefined);
    await download(work, options);
  }
  const root = join(work, 'root');
  for (const file of await readdir(work)) {
    if (file.endsWith('.deb')) await run('dpkg-deb', ['-x', join(work, file), root], { timeout: COMMAND_LIMIT_MS });
  }
  return root;
}

async function download(work: string, options: readonly string[]): Promise<void> {
  const plan = ['--simulate', '--no-install-recommends', 'install'];
  const simulated = await apt(work, [...options, ...plan, 'redis-server']).catch(() =>
    apt(work, [...options, ...plan, 'valkey-server']),
  );
  // The rest of what would be installed (adduser, service scripts) only matters to a system service.
  const names = [...simulated.matchAll(/^Inst (\S+)/gm)].map(([, name = '']) => name);
  await apt(work, [...options, 'download', ...names.filter((name) => /^(redis|valkey|lib)/.test(name))]);
}

async function apt(work: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
  const { stdout } = await run('apt-get', ['--quiet', ...args], { cwd: work, env, timeout: COMMAND_LIMIT_MS });
  return stdout;
}

async function programIn(root: string): Promise<RedisProgram> {
  const path = await findOnPath(['redis-server', 'valkey-server'], join(root, 'usr', 'bin'));
  if (!path)
    throw new JitError('redisFailed', {
      why: `${root} holds no redis-server`,
      fix: 'Remove that folder and try again.',
    });
  const folders: string[] = [];
  for (const parent of [join(root, 'usr', 'lib'), join(root, 'lib')]) {
    const names = await readdir(parent).catch(() => []);
    folders.push(...names.filter((name) => name.includes('-linux-')).map((name) => join(parent, name)));
  }
  return { path, libraryPath: folders.join(':') };
}

async function environment(root: string): Promise<{ env: NodeJS.ProcessEnv; timeout: number }> {
  const { libraryPath } = await programIn(root);
  return { env: { ...process.env, LD_LIBRARY_PATH: libraryPath }, timeout: COMMAND_LIMIT_MS };
}

/** For example `debian-12-x64`: a cache folder may be seen from several systems. */
async function systemName(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const field = (name: string) => new RegExp(`^${name}="?([\\w.-]+)`, 'm').exec(text)?.[1] ?? 'unknown';
  return `${field('ID')}-${field('VERSION_ID')}-${process.arch}`;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

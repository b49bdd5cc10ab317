import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findOnPath } from '../../src/redis/on-path.ts';

const run = promisify(execFile);
const CACHE = join(import.meta.dirname, '..', '..', '.cache', 'chromium');
const VERSION_LIMIT_MS = 30_000;

export interface Browser {
  readonly executablePath: string;
  readonly args: string[];
  /** The whole environment to start it with; undefined: this process's own. */
  readonly env?: Record<string, string>;
  readonly from: 'CHROMIUM_PATH' | 'PATH' | 'npm';
}

/** True when the person said so: the summary of the tests then counts and names what did not run. */
export const skipBrowser = process.env.SKIP_BROWSER === '1';

/**
 * A Chromium that starts on this machine, as playwright's `launch` takes it: the one that CHROMIUM_PATH names, else one
 * from PATH, else the one that the npm package `@sparticuz/chromium` carries.
 *
 * @param cache where the last one is unpacked, 200 MB; several programs may do so at once
 * @throws Error of one line, which says what to do
 */
export async function findChromium(cache = CACHE): Promise<Browser> {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (await starts(named)) return { executablePath: named, args: args(), from: 'CHROMIUM_PATH' };
    throw new Error(`CHROMIUM_PATH names ${named}, which does not start: name another one, or unset it.`);
  }
  const installed = await findOnPath(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']);
  // On Ubuntu `chromium-browser` may be a script that only says what to install.
  if (installed && (await starts(installed))) return { executablePath: installed, args: args(), from: 'PATH' };
  const carried = await findCarried(cache);
  if (carried) return { ...carried, args: args(), from: 'npm' };
  throw new Error(
    'No Chromium starts here: install one (Debian: `sudo apt install chromium`), or name one in CHROMIUM_PATH, or set SKIP_BROWSER=1 to test without.',
  );
}

/** Quiet, and kept to loopback: names other than localhost do not resolve and no proxy of the environment is used. */
function args(): string[] {
  return [
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-proxy-server',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
    // Chromium refuses to run as root in its sandbox, and in most containers there is only root.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
}

async function findCarried(cache: string): Promise<Pick<Browser, 'executablePath' | 'env'> | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const folder = await unpack(cache);
  const executablePath = join(folder, 'chromium');
  const env = { ...definedEnvironment(), FONTCONFIG_FILE: join(folder, 'fonts.conf') };
  // The system's libraries come first: they are the ones that get security updates.
  const carriedLibraries = { ...env, LD_LIBRARY_PATH: join(folder, 'al2023', 'lib') };
  for (const candidate of [env, carriedLibraries]) {
    if (await starts(executablePath, candidate)) return { executablePath, env: candidate };
  }
  return undefined;
}

/** The package sets itself up only on AWS Lambda; elsewhere it leaves libraries and fonts packed. */
async function unpack(cache: string): Promise<string> {
  const root = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..');
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const target = join(cache, version);
  if (await exists(target)) return target;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, '.unpacking-'));
  try {
    const script = fileURLToPath(new URL('./unpack-chromium.ts', import.meta.url));
    await run(process.execPath, [script, join(root, 'bin')], { env: { ...process.env, TMPDIR: work } });
    await writeFile(join(work, 'fonts.conf'), fontsConfig(target));
    await rename(work, target).catch(async (error: unknown) => {
      // Somebody else was quicker: theirs is as good.
      if (!(await exists(target))) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return target;
}

function fontsConfig(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${folder}/fonts/fonts</dir>
  <cachedir>${folder}/fonts-cache</cachedir>
</fontconfig>
`;
}

function starts(path: string, env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  return run(path, ['--version', '--no-sandbox'], { env, timeout: VERSION_LIMIT_MS }).then(
    () => true,
    () => false,
  );
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

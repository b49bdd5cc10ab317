import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { isLoopback } from '../../config/loopback.ts';
import { JitError } from '../../core/errors/errors.ts';

/** What a sign-in left on this computer: where, and until when it counts. */
export interface KeptSession {
  readonly server: string;
  readonly token: string;
  readonly until: number;
}

const shape = z.object({
  server: z.string().optional(),
  token: z.string().optional(),
  until: z.number().optional(),
});

const OWNER_ONLY = 0o600;
const OTHERS = 0o077;
/** A token that is over while a call is under way helps nobody. */
const SPARE_MS = 5_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** In the state folder of the system ("XDG Base Directory Specification"), which only its owner reads. */
export function sessionFile(env: Environment = process.env): string {
  const own = process.platform === 'win32' ? env.LOCALAPPDATA : env.XDG_STATE_HOME;
  return join(own || join(homedir(), '.local', 'state'), 'drawbridge', 'session.json');
}

/** The sign-in that counts. `wanted`: at this server and no other. Throws `notLoggedIn`, `openSession`. */
export function readSession(wanted: string | undefined, now: number, file = sessionFile()): KeptSession {
  const read = kept(file);
  const { server, token, until } = read ?? {};
  if (server === undefined || token === undefined || until === undefined)
    throw new JitError('notLoggedIn', { why: 'nobody has signed in on this computer' });
  if (wanted !== undefined && wanted !== server)
    throw new JitError('notLoggedIn', { why: `the sign-in on this computer is for ${server}` });
  if (until - SPARE_MS <= now) throw new JitError('notLoggedIn', { why: 'the sign-in is over' });
  return { server, token, until };
}

/** The server that was used last. */
export function lastServer(file = sessionFile()): string | undefined {
  return kept(file)?.server;
}

/** Keeps a sign-in, or of a sign-in that ended, where it was. The file is never open to others, not even for a moment. */
export function keepSession(session: KeptSession | Partial<Pick<KeptSession, 'server'>>, file = sessionFile()): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify(session)}\n`, { mode: OWNER_ONLY });
  chmodSync(fresh, OWNER_ONLY);
  renameSync(fresh, file);
}

function kept(file: string): z.output<typeof shape> | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
    // What others can write may be theirs. On Windows the folder's own rights count.
    if (process.platform !== 'win32' && (statSync(file).mode & OTHERS) !== 0)
      throw new JitError('openSession', { file });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return shape.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The address of a Drawbridge, as it was given: a host alone, over TLS. Throws `noApi`. */
export function serverOf(given: string): string {
  const url = URL.canParse(given)
    ? new URL(given)
    : URL.canParse(`https://${given}`)
      ? new URL(`https://${given}`)
      : undefined;
  const isSafe = url && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.href)));
  if (!url || !isSafe || url.username !== '' || url.password !== '')
    throw new JitError('loginFailed', { why: `“${given}” is not an address that begins with https://` });
  return url.origin;
}

import { createHash } from 'node:crypto';
import { JitError } from '../core/errors/errors.ts';
import type { MarkKey } from '../core/rule/mark.ts';
import type { FolderMark } from '../ports/undo.ts';
import type { RedisClient } from './client.ts';
import { baseKey, short } from './keys.ts';

export interface Claim {
  readonly prefix: string;
  /** The installation's name. */
  readonly installation: string;
  /** The keys that sign marks, the one in use first. */
  readonly keys: readonly MarkKey[];
}

/**
 * A store belongs to one installation, and all that work on it sign with one key. Takes a store that is nobody's, and one whose
 * key is among the older ones here. Nothing else may touch the store before this resolves.
 *
 * @throws JitError `foreignStore`, `foreignMarkKey`
 */
export async function claimStore(redis: RedisClient, { prefix, installation, keys }: Claim): Promise<void> {
  const key = `${baseKey(prefix)}:claim`;
  const prints = keys.map(fingerprint);
  const [own = ''] = prints;
  await redis.hsetnx(key, 'installation', installation);
  const owner = await redis.hget(key, 'installation');
  if (owner !== installation) {
    const fix = `Set \`redis.prefix\` to one of its own. If it was renamed, delete the key ${key} first.`;
    throw new JitError('foreignStore', { owner: String(owner), installation, fix });
  }
  for (const print of prints) await redis.hsetnx(key, sinceField(print), Date.now());
  await redis.hsetnx(key, 'markKey', own);
  const known = await redis.hget(key, 'markKey');
  if (known === own) return;
  if (!prints.includes(known ?? '')) {
    const fix = `Use the same \`marks.keys\` in every process, and keep old keys behind a new one. If the key is lost for good, delete the field markKey of the key ${key}.`;
    throw new JitError('foreignMarkKey', { fix });
  }
  await redis.hset(key, 'markKey', own);
}

/**
 * All that run on one store keep undo records in one folder: what one closed, another has to be able to put back. The folder is
 * known by what its mark says, never by its path. Takes the first one.
 *
 * @throws JitError `foreignUndoFolder`
 */
export async function claimFolder(redis: RedisClient, prefix: string, folder: FolderMark): Promise<void> {
  const key = `${baseKey(prefix)}:claim`;
  const print = short(await folder.read());
  await redis.hsetnx(key, 'undoFolder', print);
  if ((await redis.hget(key, 'undoFolder')) === print) return;
  const fix = `Mount the same folder at \`undo.folder\` for every process. If that folder is lost for good, delete the field undoFolder of the key ${key} while nothing runs.`;
  throw new JitError('foreignUndoFolder', { folder: folder.path, fix });
}

/**
 * Was it that the folder of the undo records, which was there before, is not there now? Of a store that knows of none yet a folder
 * that cannot be used is a fault of the configuration.
 */
export async function isLostFolder(redis: RedisClient, prefix: string, error: unknown): Promise<boolean> {
  if (!(error instanceof JitError)) return false;
  if (error.code === 'foreignUndoFolder') return true;
  return error.code === 'undoFolder' && (await redis.hexists(`${baseKey(prefix)}:claim`, 'undoFolder')) === 1;
}

/** The field with the time at which a key was first used here, by its fingerprint. */
export function sinceField(print: string): string {
  return `since:${print}`;
}

/** Tells keys apart and gives none away: a mark in a cloud tells as much. */
export function fingerprint({ id, secret }: MarkKey): string {
  return createHash('sha256').update(`drawbridge mark key\0${id}\0${secret}`).digest('base64url').slice(0, 22);
}

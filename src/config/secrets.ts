import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { badConfig } from '../core/errors/bad-config.ts';
import type { MarkKey } from '../core/rule/mark.ts';
import type { SecretRead } from '../ports/secret-store.ts';
import type { Config } from './schema.ts';
import { isStored, readReference, type SecretReference } from './secret-reference.ts';

/**
 * What secret stores gave, by reference: what `process.env` is for the environment. It is filled where a configuration is read
 * (`src/configuration.ts`), and again from time to time.
 */
const fetched = new Map<string, SecretRead>();

/** Those that had another value before. */
const rotated = new Set<string>();

/** Keeps what a store said of a secret. What cannot be read again stays as it was read last: to close takes the secrets too. */
export function keepFetched(reference: string, read: SecretRead): void {
  const before = fetched.get(reference);
  const was = before && 'value' in before ? before.value : undefined;
  if ('fault' in read && was !== undefined) return;
  fetched.set(reference, read);
  if ('value' in read && was !== undefined && was !== read.value) rotated.add(reference);
}

/** Has it another value than when this process read it first? */
export function wasRotated(reference: string): boolean {
  return rotated.has(reference);
}

/** What a reference stands for. `badConfig` names the reference, never a value. */
export function secretOf(reference: string, env: NodeJS.ProcessEnv = process.env): string {
  const value = standsFor(reference, env);
  if (value) return value;
  throw badConfig([`the secret ${reference} ${faultIn(reference)}`]);
}

/** Why it stands for nothing here; undefined where it stands for something. */
export function secretFault(reference: string): string | undefined {
  return standsFor(reference, process.env) ? undefined : faultIn(reference);
}

/**
 * What it stands for whenever it is asked for: the newest value, and the last one while there is none. `badConfig` where there is none at all.
 */
export function liveSecretOf(reference: string): () => string {
  let last = secretOf(reference);
  const read = readReference(reference);
  return () => {
    last = valueAt(read, reference, process.env) || last;
    return last;
  };
}

/** A path that begins nowhere begins where this was started, which whoever wrote it may not think of. */
function placeOf(reference: string): string {
  const read = readReference(reference);
  return read?.kind === 'file' && !isAbsolute(read.path) ? `: looked for at ${resolve(read.path)}` : '';
}

function faultIn(reference: string): string {
  const read = fetched.get(reference);
  if (!read || !('fault' in read)) return `is not set${placeOf(reference)}`;
  return `cannot be read: ${read.fault}${read.remedy === undefined ? '' : `: ${read.remedy}`}`;
}

function standsFor(reference: string, env: NodeJS.ProcessEnv): string | undefined {
  return valueAt(readReference(reference), reference, env);
}

function valueAt(read: SecretReference | undefined, reference: string, env: NodeJS.ProcessEnv): string | undefined {
  if (isStored(read)) {
    const kept = fetched.get(reference);
    return kept && 'value' in kept ? kept.value.trim() : undefined;
  }
  return (read?.kind === 'env' ? env[read.name] : readSecret(read?.path ?? ''))?.trim();
}

function readSecret(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** The keys that sign marks: from the config, or from a file outside Redis that is made at the first start. */
export function markKeys(marks: Config['marks']): readonly [MarkKey, ...MarkKey[]] {
  const [first, ...rest] = (marks.keys ?? []).map((key) => ({ id: key.id, secret: secretOf(key.secret) }));
  if (first) return [first, ...rest];
  if (!existsSync(marks.keyFile)) {
    mkdirSync(dirname(marks.keyFile), { recursive: true });
    // `wx`: two programs that start at once must not sign with different keys.
    try {
      writeFileSync(marks.keyFile, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  return [{ id: 'k1', secret: secretOf(`file:${marks.keyFile}`) }];
}

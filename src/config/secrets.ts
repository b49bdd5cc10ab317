import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { badConfig } from '../core/errors/bad-config.ts';
import type { MarkKey } from '../core/rule/mark.ts';
import type { Config } from './schema.ts';

/** What a reference (`env:NAME`, `file:/path`) stands for. `badConfig` names the reference, never a value. */
export function secretOf(reference: string, env: NodeJS.ProcessEnv = process.env): string {
  const value = standsFor(reference, env);
  if (value) return value;
  throw badConfig([`the secret ${reference} is not set`]);
}

/** Whether it stands for anything here. */
export function isSet(reference: string): boolean {
  return Boolean(standsFor(reference, process.env));
}

function standsFor(reference: string, env: NodeJS.ProcessEnv): string | undefined {
  const where = reference.slice(reference.indexOf(':') + 1);
  return (reference.startsWith('env:') ? env[where] : readSecret(where))?.trim();
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

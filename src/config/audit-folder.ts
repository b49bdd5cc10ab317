import { dirname, join } from 'node:path';
import type { Config } from './schema.ts';

/** Where the files of the audit are. */
export function auditFolder({ audit, marks, redis }: Pick<Config, 'audit' | 'marks' | 'redis'>): string {
  return audit.files.folder ?? join(dirname(marks.keyFile), 'audit', redis.prefix);
}

/** Where the keys of people are. */
export function peopleKeysFolder({ audit, marks, redis }: Pick<Config, 'audit' | 'marks' | 'redis'>): string {
  return audit.peopleKeys ?? join(dirname(marks.keyFile), 'people-keys', redis.prefix);
}

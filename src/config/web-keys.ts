import { hkdfSync } from 'node:crypto';
import type { MarkKey } from '../core/rule/mark.ts';
import type { Config } from './schema.ts';
import { markKeys, secretOf } from './secrets.ts';

/** The keys of links and forms, newest first. No mark is signed with one, and none of them with a key of marks. */
export function webKeys({ web: given, marks, installation }: Config): readonly [MarkKey, ...MarkKey[]] {
  const [first, ...rest] = (given?.keys ?? []).map(({ id, secret: reference }) => ({
    id,
    secret: secretOf(reference),
  }));
  if (first) return [first, ...rest];
  const derived = ({ id, secret: own }: MarkKey): MarkKey => ({
    id,
    secret: Buffer.from(hkdfSync('sha256', own, installation, 'drawbridge web', 32)).toString('base64url'),
  });
  const [newest, ...older] = markKeys(marks);
  return [derived(newest), ...older.map(derived)];
}

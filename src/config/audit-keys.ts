import { hkdfSync } from 'node:crypto';
import { badConfig } from '../core/errors/bad-config.ts';
import { type NoteSigner, noteSigner } from '../core/evidence/note.ts';
import type { Config } from './schema.ts';
import { markKeys, secretOf } from './secrets.ts';

/** What signs heads and receipts of the audit, newest first: none of them signs anything else. Throws `badConfig`. */
export function auditKeys({
  audit,
  marks,
  installation,
}: Pick<Config, 'audit' | 'marks' | 'installation'>): readonly [NoteSigner, ...NoteSigner[]] {
  const name = `drawbridge/${installation}`;
  const signer = (seed: string, what: string): NoteSigner => {
    const made = noteSigner(name, seed);
    if (made) return made;
    throw badConfig([`${what} must be 32 bytes in base64: \`openssl rand -base64 32\` makes them`]);
  };
  const [signs] = audit.keys ?? [];
  if (signs?.until !== undefined)
    throw badConfig([`audit.keys[0]: ${signs.id} signs, and has no \`until\`; put the key that takes its place first`]);
  const [first, ...rest] = (audit.keys ?? []).map(({ id, secret }) => signer(secretOf(secret), `the audit key ${id}`));
  if (first) return [first, ...rest];
  const derived = ({ secret }: { readonly secret: string }): NoteSigner =>
    signer(Buffer.from(hkdfSync('sha256', secret, installation, 'drawbridge audit', 32)).toString('base64'), 'the key');
  const [newest, ...older] = markKeys(marks);
  return [derived(newest), ...older.map(derived)];
}

/** What they are called, in the same order. */
export function auditKeyNames({ audit, marks }: Pick<Config, 'audit' | 'marks'>): readonly string[] {
  return audit.keys?.map(({ id }) => id) ?? markKeys(marks).map(({ id }) => `of the mark key ${id}`);
}

/** The public keys, newest first, each with the time until which it counts. */
export function timedVkeys(config: Pick<Config, 'audit' | 'marks' | 'installation'>): readonly string[] {
  return auditKeys(config).map(({ vkey }, i) => {
    const until = config.audit.keys?.[i]?.until;
    return until === undefined ? vkey : `${vkey}@${until}`;
  });
}

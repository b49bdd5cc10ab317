import { z } from 'zod';
import { secret } from './fields.ts';

const MB = 1_000_000;

/** The audit: how long it stays in Redis, and where else it is kept. */
export const audit = z
  .strictObject({
    keep: z
      .union([z.literal('all'), z.number().int().min(1_000)], { error: 'must be all, or a number of 1000 or more' })
      .default('all')
      .describe(
        'How many audit entries to keep in Redis: `all`, or a number, beyond which those that every sink has are dropped from it. With `all`, Drawbridge warns in its log long before memory runs short.',
      ),
    spool: z
      .string()
      .min(1)
      .default('.data/spool')
      .describe('Folder on this computer for audit entries of what is closed while Redis cannot be written.'),
    files: z
      .strictObject({
        enabled: z.boolean().default(true).describe('Keep the audit in files, as lines of JSON; see docs/audit.md.'),
        folder: z
          .string()
          .min(1)
          .optional()
          .describe(
            'Folder for them, on a disk that all replicas share, as for `undo.folder`. Default: `audit/<prefix>` beside `marks.keyFile`.',
          ),
        megabytes: z
          .number()
          .int()
          .min(1)
          .max(10_000)
          .default(64)
          .describe('A file that is as large is closed, and another one begun; so it is each day.'),
      })
      .prefault({}),
    keys: z
      .array(
        z.strictObject({
          id: z
            .string()
            .regex(/^[a-z0-9]{1,8}$/, 'must be 1 to 8 lowercase letters or digits')
            .describe('ID of the key.'),
          secret: secret.describe('The key itself: 32 random bytes in base64 (`openssl rand -base64 32`).'),
        }),
      )
      .min(1)
      .optional()
      .describe(
        'Keys that sign heads and receipts of the audit (Ed25519), newest first; older ones are only for checking. Without them, one is derived from the newest of `marks`.',
      ),
  })
  .prefault({});

export function rotateBytes(megabytes: number): number {
  return megabytes * MB;
}

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { expect, onTestFinished } from 'vitest';
import { eachLine, fileSink } from '../../adapters/audit-file/index.ts';
import type { Alarm } from '../../src/app/operators/alarms.ts';
import { sha256 } from '../../src/core/audit/record.ts';
import { isRecordsName } from '../../src/core/evidence/names.ts';
import { Verification } from '../../src/core/evidence/verify.ts';
import { phrased } from '../../src/core/language/text.ts';
import { signerOf, VERIFIERS } from '../core/evidence/chain.ts';
import type { chainWorld } from './chain-world.ts';

/** Six records that every sink has, the last of them of the key that signs. */
export async function begun({ write, chain, bring }: ReturnType<typeof chainWorld>): Promise<void> {
  await write(5);
  await chain();
  await chain();
  await bring();
}

/** What somebody who can write to Redis does to entries of the stream: the first is 1. */
export function tampering(redis: Redis, prefix: string) {
  const stream = `{${prefix}}:audit`;
  return {
    async lose(...places: readonly number[]): Promise<void> {
      const all = await redis.xrange(stream, '-', '+');
      for (const place of places) await redis.xdel(stream, all[place - 1]?.[0] ?? '');
    },
    /** Writes another entry in the place of one, with its right hash: the stream is made anew. */
    async rewrite(place: number): Promise<void> {
      const all = await redis.xrange(stream, '-', '+');
      await redis.del(stream);
      for (const [i, [id, fields]] of all.entries()) {
        const other = fields.map((field) => field.replace('"event":"start"', '"event":"drill"'));
        const record = other[other.indexOf('record') + 1] ?? '';
        if (i === place - 1) expect(other).not.toEqual(fields);
        const written = i === place - 1 ? other.with(other.indexOf('hash') + 1, sha256(record)) : fields;
        await redis.xadd(stream, id, ...written);
      }
    },
  };
}

export const saidIn = (raised: readonly Alarm[]) =>
  raised.map(({ title, lines }) => [title, ...lines].map((one) => phrased(one)).join(' '));

export const GONE = (what: string) =>
  new RegExp(`^Entries of the audit are missing ${what}: somebody deleted (?:it|them), or the database went back\\.`);

/** Files, and what is wrong with them. */
export function files() {
  const folder = join(mkdtempSync(join(tmpdir(), 'drawbridge-gaps-')), 'files');
  onTestFinished(() => rmSync(join(folder, '..'), { recursive: true }));
  const sink = fileSink({ installation: 'demo', folder, rotateBytes: 1e6, vkeys: [signerOf().vkey] });
  const faults = async () => {
    const verification = new Verification({ verifiers: VERIFIERS });
    await eachLine(folder, (...line) => verification.take(...line));
    return verification.verdict().faults.map(({ what, say }) => `${what}: ${say}`);
  };
  return { sink, faults, folder };
}

/** As a kill leaves a file whose last line was not written yet. */
export function cutLastLine(folder: string): void {
  const path = join(folder, readdirSync(folder).filter(isRecordsName).toSorted().at(-1) ?? '');
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  writeFileSync(path, `${lines.slice(0, -1).join('\n')}\n`);
}

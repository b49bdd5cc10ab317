import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { eachLine, fileSink } from '../../adapters/audit-file/index.ts';
import type { LockedBucket } from '../../adapters/audit-s3/bucket.ts';
import { s3Sink } from '../../adapters/audit-s3/index.ts';
import { sha256 } from '../../src/core/audit/record.ts';
import { isRecordsName } from '../../src/core/evidence/names.ts';
import { Verification } from '../../src/core/evidence/verify.ts';
import { phrased } from '../../src/core/language/text.ts';
import type { Sink } from '../../src/ports/sink.ts';
import { signerOf, VERIFIERS } from '../core/evidence/chain.ts';
import type { chainWorld, Ground } from './chain-world.ts';

/** Six records that every sink has, the last of them of the key that signs. */
export async function begun({ write, chain, bring }: ReturnType<typeof chainWorld>): Promise<void> {
  await write(5);
  await chain();
  await chain();
  await bring();
}

/** What somebody who can write to Redis does to entries of the stream: the first is 1. */
export function tampering(ground: Ground) {
  const stream = () => `{${ground.prefix}}:audit`;
  return {
    async lose(...places: readonly number[]): Promise<void> {
      const { redis } = ground;
      const all = await redis.xrange(stream(), '-', '+');
      for (const place of places) await redis.xdel(stream(), all[place - 1]?.[0] ?? '');
    },
    /** Writes another entry in the place of one, with its right hash: the stream is made anew. */
    async rewrite(place: number): Promise<void> {
      const { redis } = ground;
      const all = await redis.xrange(stream(), '-', '+');
      await redis.del(stream());
      for (const [i, [id, fields]] of all.entries()) {
        const other = fields.map((field) => field.replace('"event":"start"', '"event":"drill"'));
        const record = other[other.indexOf('record') + 1] ?? '';
        if (i === place - 1) expect(other).not.toEqual(fields);
        const written = i === place - 1 ? other.with(other.indexOf('hash') + 1, sha256(record)) : fields;
        await redis.xadd(stream(), id, ...written);
      }
    },
    /** Gives what brings all of it back as it is now: a database that went back. */
    async keep(): Promise<() => Promise<void>> {
      const { redis, prefix } = ground;
      const own = () => redis.keys(`{${prefix}}*`);
      const before = await Promise.all((await own()).map(async (key) => [key, await redis.dumpBuffer(key)] as const));
      return async () => {
        await redis.del(...(await own()));
        for (const [key, dump] of before) await redis.restore(key, 0, dump as Buffer);
      };
    },
    /** What the operators were told, a text each. */
    said: () => ground.raised.map(({ title, lines }) => [title, ...lines].map((one) => phrased(one)).join(' ')),
  };
}

export const GONE = (what: string) =>
  new RegExp(`^Entries of the audit are missing ${what}\\. Somebody deleted (?:it|them), or the database went back\\.`);

/** A bucket whose objects nobody can change, and what is wrong with them. */
export function bucket() {
  const objects = new Map<string, string>();
  const keys = () => [...objects.keys()].toSorted();
  const own: LockedBucket = {
    async add(key, text) {
      const isNew = !objects.has(key);
      if (isNew) objects.set(key, text);
      return isNew;
    },
    read: async (key) => Buffer.from(objects.get(key) ?? ''),
    next: async (prefix, after) => keys().find((key) => key.startsWith(prefix) && key > after),
    lacks: async () => undefined,
  };
  const settings = { name: 'bucket', installation: 'demo', bucket: 'b', region: 'r', prefix: '', days: 1 };
  const sink = () => s3Sink({ ...settings, mode: 'compliance', vkeys: [signerOf().vkey] }, Date.now, own);
  const faults = async () => {
    const verification = new Verification({ verifiers: VERIFIERS });
    for (const key of keys().filter(isRecordsName))
      for (const [i, line] of (objects.get(key) ?? '').trimEnd().split('\n').entries())
        verification.take(Buffer.from(line), key, i + 1);
    return faultsOf(verification);
  };
  /** In another process it is another one, which asks what is there. */
  const anew: Sink = {
    name: 'bucket',
    write: (batch, signal) => sink().write(batch, signal),
    end: async (signal) => sink().end?.(signal),
  };
  return { sink: anew, faults, objects };
}

const faultsOf = (verification: Verification) =>
  verification.verdict().faults.map(({ what, say }) => `${what}: ${say}`);

/** Files, and what is wrong with them. */
export function files() {
  const folder = join(mkdtempSync(join(tmpdir(), 'drawbridge-gaps-')), 'files');
  onTestFinished(() => rmSync(join(folder, '..'), { recursive: true }));
  const sink = fileSink({ installation: 'demo', folder, rotateBytes: 1e6, vkeys: [signerOf().vkey] });
  const faults = async () => {
    const verification = new Verification({ verifiers: VERIFIERS });
    await eachLine(folder, (...line) => verification.take(...line));
    return faultsOf(verification);
  };
  return { sink, faults, folder };
}

/** As a kill leaves a file whose last line was not written yet. */
export function cutLastLine(folder: string): void {
  const path = join(folder, readdirSync(folder).filter(isRecordsName).toSorted().at(-1) ?? '');
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  writeFileSync(path, `${lines.slice(0, -1).join('\n')}\n`);
}

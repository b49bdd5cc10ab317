import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { peopleKeys } from '../../adapters/people-keys/index.ts';
import { trimAudit } from '../../src/app/evidence/behind.ts';
import { forSink } from '../../src/app/evidence/for-sink.ts';
import { sha256 } from '../../src/core/audit/record.ts';
import { lineOf, noteLine } from '../../src/core/evidence/line.ts';
import { type FlatEntry, rowOf } from '../../src/core/evidence/row.ts';
import { Verification } from '../../src/core/evidence/verify.ts';
import { say } from '../../src/core/language/say.ts';
import { phrased } from '../../src/core/language/text.ts';
import type { SinkBatch } from '../../src/ports/sink.ts';
import { VERIFIERS } from '../core/evidence/chain.ts';
import { files } from './audit-tampering.ts';
import { chainOfFile, indexes, memorySink, upTo } from './chain-world.ts';

const { ground, raised, world } = chainOfFile();

describe('the chain of the audit, where somebody can write to Redis', () => {
  it('says what somebody deleted or changed in Redis before it was chained', async () => {
    const { write, chain } = world([]);
    await write(6);
    const stream = `{${ground.prefix}}:audit`;
    const [, second, third] = await ground.redis.xrange(stream, '-', '+');
    await ground.redis.xdel(stream, second?.[0] ?? '');
    const [id = '', fields = []] = third ?? [];
    await ground.redis.xdel(stream, id);
    await chain();
    expect(raised.map(({ title, isLoud }) => [phrased(title), isLoud])).toEqual([
      ['Entries of the audit are missing', true],
    ]);
    expect(fields.length).toBeGreaterThan(0);
  });

  it.each([
    ['one in the middle', [1], [1, 3, 4, 5]],
    ['several', [1, 2], [1, 4, 5]],
    ['the first', [0], [2, 3, 4, 5]],
    ['the last', [4], [1, 2, 3, 4]],
    ['all of them', [0, 1, 2, 3, 4], []],
  ] as const)(
    'says loudly what somebody deleted in Redis after it was signed, and brings what is left: %s',
    async (_, gone, left) => {
      const sink = memorySink();
      const { write, chain, bring } = world([sink]);
      await write(1);
      await chain();
      await bring();
      const before = indexes(sink).length;
      await write(5);
      await chain();
      const stream = `{${ground.prefix}}:audit`;
      // Behind what the sink has, and the key that signs.
      const own = (await ground.redis.xrange(stream, '-', '+')).slice(before);
      const signed = own.length;
      expect(signed).toBeGreaterThanOrEqual(5);
      for (const n of gone) await ground.redis.xdel(stream, own[signed - 5 + n]?.[0] ?? '');
      await bring();
      expect(raised).toMatchObject([{ title: say`Entries of the audit are missing`, isLoud: true }]);
      const base = before + signed - 5;
      const named = { 1: `Record ${base + (gone[0] ?? 0) + 1} is`, 2: '2 records are', 5: '5 records are' };
      expect(phrased(raised[0]?.lines[0] ?? '')).toContain(
        `${named[gone.length as 1 | 2 | 5]} in Redis no more, and nobody can tell whether memory had ${gone.length === 1 ? 'it' : 'them'}`,
      );
      expect(indexes(sink).filter((index) => index > base)).toEqual(left.map((n) => base + n));
      await write(1);
      await chain();
      await bring();
      expect(indexes(sink).at(-1)).toBe(base + 6);
    },
  );

  it('loses nothing to what is no entry at all: it is told as a gap, and all others go to every sink', async () => {
    const sink = memorySink();
    const { write, chain, bring, deps, room, audit } = world([sink], { keep: 1 });
    await write(2);
    const stream = `{${ground.prefix}}:audit`;
    const [last] = await ground.redis.xrevrange(stream, '+', '-', 'COUNT', 1);
    const [epoch, sequence] = (last?.[0] ?? '').split('-').map(Number);
    await ground.redis.xadd(stream, `${epoch}-${(sequence ?? 0) + 1}`, 'hello', 'world');
    await write(3);
    await chain();
    await bring();
    expect(raised.map(({ title }) => phrased(title))).toEqual(['Entries of the audit are missing']);
    expect(indexes(sink)).toEqual(upTo(6));
    await trimAudit(deps, room);
    await write(1);
    await chain();
    await bring();
    expect(indexes(sink)).toEqual(upTo(7));
    expect((await audit.size()).entries).toBeGreaterThan(0);
  });

  it.each(['1e20', '1e21', '-5', '1.5', '253402300800000', '9007199254740993'])(
    'goes on behind an entry of a time that no day has (%s): it is told as a gap, and no sink stops at it',
    async (time) => {
      const { sink, faults } = files();
      const { write, chain, bring } = world([sink]);
      await write(2);
      const stream = `{${ground.prefix}}:audit`;
      const [last] = await ground.redis.xrevrange(stream, '+', '-', 'COUNT', 1);
      const [epoch, sequence] = (last?.[0] ?? '').split('-').map(Number);
      const id = `${epoch}-${(sequence ?? 0) + 1}`;
      await ground.redis.xadd(stream, id, 'at', time, 'record', '{}', 'people', '{}', 'hash', sha256('{}'));
      await write(3);
      await chain();
      await bring();
      expect(raised.map(({ title }) => phrased(title))).toEqual(['Entries of the audit are missing']);
      expect(await sink.end?.()).toMatchObject({ index: 6 });
      expect(await faults()).toEqual([]);
    },
  );

  it('goes on behind a record that nobody can read, to every sink, and says loudly that it is there', async () => {
    const [got, sent] = [memorySink('files'), memorySink('siem')];
    const rows: FlatEntry[] = [];
    const siem = {
      ...sent,
      async write(batch: SinkBatch) {
        rows.push(...batch.links.map(rowOf));
      },
    };
    const keys = peopleKeys(mkdtempSync(join(tmpdir(), 'drawbridge-keys-')));
    const { write, chain, bring } = world([forSink(got, 'sealed', keys), forSink(siem, 'clear', keys)]);
    await write(2);
    const stream = `{${ground.prefix}}:audit`;
    const add = async (record: string, people: string) => {
      const [last] = await ground.redis.xrevrange(stream, '+', '-', 'COUNT', 1);
      const [epoch, sequence] = (last?.[0] ?? '').split('-').map(Number);
      const id = `${epoch}-${(sequence ?? 0) + 1}`;
      await ground.redis.xadd(stream, id, 'at', epoch ?? 0, 'record', record, 'people', people, 'hash', sha256(record));
    };
    await add('no JSON', '{}');
    await add('{"event":"opened"}', '[');
    await write(2);
    await chain();
    await bring();
    expect(raised.map(({ title }) => phrased(title))).toContain('An entry of the audit cannot be read');
    const events = ['start', 'start', 'unreadable', 'unreadable', 'start', 'start', 'audit key'];
    expect(rows.map(({ event }) => event)).toEqual(events);
    expect(got.got.flatMap(({ links }) => links)).toHaveLength(rows.length);
  });

  it('says loudly what was changed in Redis after it was signed, and brings the proof of it', async () => {
    const sink = memorySink();
    const { write, chain, bring } = world([sink]);
    await write(3);
    await chain();
    const stream = `{${ground.prefix}}:audit`;
    const all = await ground.redis.xrange(stream, '-', '+');
    await ground.redis.del(stream);
    for (const [id, fields] of all)
      await ground.redis.xadd(stream, id, ...fields.map((text) => text.replace('"start"', '"stop"')));
    await bring();
    expect(raised).toMatchObject([{ title: say`The audit was changed in Redis`, isLoud: true }]);
    const verification = new Verification({ verifiers: VERIFIERS });
    for (const { links, note } of sink.got)
      for (const line of [...links.map(lineOf), noteLine(note)]) verification.take(Buffer.from(line), 'file', 1);
    expect(verification.verdict().faults.map(({ what, index }) => [what, index])).toEqual(
      [1, 2, 3].map((n) => ['changed', n]),
    );
  });
});

import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ChainEnd, chained, type Link } from '../../src/core/evidence/chain.ts';
import { lineOf, noteLine } from '../../src/core/evidence/line.ts';
import { isRecordsName, recordsName } from '../../src/core/evidence/names.ts';
import { placed, signedHead, signerOf } from '../core/evidence/chain.ts';
import { begun, bucket, cutLastLine, files, tampering } from './audit-tampering.ts';
import { chainOfFile, memorySink } from './chain-world.ts';

/*
 * What stands behind the last signed head of a sink, whoever can write there could have made. The chain does not go on behind it, and nothing
 * counts as kept because of it.
 */

const { ground, world } = chainOfFile();
const { lose, rewrite, said } = tampering(ground);

const pathIn = (folder: string) => join(folder, readdirSync(folder).filter(isRecordsName).toSorted().at(-1) ?? '');

/** A sink that somebody can write to, and takes their records out again. */
function places() {
  return {
    files: () => {
      const { sink, faults, folder } = files();
      let before = '';
      return {
        ...{ sink, faults },
        forge: (links: readonly Link[], notes: readonly string[]) => {
          before = readFileSync(pathIn(folder), 'utf8');
          appendFileSync(
            pathIn(folder),
            [...links.map(lineOf), ...notes.map(noteLine)].map((line) => `${line}\n`).join(''),
          );
        },
        takeOut: () => writeFileSync(pathIn(folder), before),
      };
    },
    bucket: () => {
      const { sink, faults, objects } = bucket();
      let key = '';
      return {
        ...{ sink, faults },
        forge: ([first, ...more]: readonly Link[], notes: readonly string[]) => {
          if (!first) throw new Error('none');
          key = recordsName(first.index, '2099-01-01');
          const lines = [...[first, ...more].map(lineOf), ...notes.map(noteLine)];
          objects.set(key, lines.map((line) => `${line}\n`).join(''));
        },
        takeOut: () => void objects.delete(key),
      };
    },
  };
}

/** Records behind an end, as nobody could tell them from real ones but for the signed head. */
const forged = (end: ChainEnd, count: number) => chained(end, placed(end.sequence + 1, count));

describe('records that somebody wrote to a sink', () => {
  it.each(['files', 'bucket'] as const)(
    'are not signed by going on behind them, and what comes is not taken for kept: %s',
    async (name) => {
      const place = places()[name]();
      const own = world([place.sink, memorySink()]);
      await begun(own);
      const last = await own.room.chain.last();
      if (!last) throw new Error('none');
      const links = forged(last, 14);
      // Their own key, for this installation: its note looks like one.
      place.forge(links, [signedHead(links.at(-1) ?? last, signerOf(9))]);
      await own.write(3);
      await own.chain();
      await own.bring();
      expect(await own.room.chain.last()).toMatchObject({ index: 9 });
      const state = async () => (await own.room.chain.sinks()).map((one) => [one.name, one.index]);
      expect(Object.fromEntries(await state())).toEqual({ [name]: 6, memory: 9 });
      expect(said()).toEqual([
        expect.stringMatching(
          new RegExp(
            `^The audit sink ${name} has records that nobody signed It has records up to 20, which Redis does not know`,
          ),
        ),
      ]);
      place.takeOut();
      await own.bring();
      expect(Object.fromEntries(await state())).toEqual({ [name]: 9, memory: 9 });
      expect(await place.faults()).toEqual([]);
    },
  );

  it.each(['files', 'bucket'] as const)('are nothing to go on behind where Redis lost all: %s', async (name) => {
    const place = places()[name]();
    const own = world([place.sink]);
    await begun(own);
    const last = await own.room.chain.last();
    if (!last) throw new Error('none');
    place.forge(forged(last, 3), []);
    await ground.redis.del(...(await ground.redis.keys(`{${ground.prefix}}*`)));
    await own.write(2);
    await own.chain();
    await own.bring();
    // Nothing is chained that would be a second chain.
    expect(await own.room.chain.after(-1, 100)).toEqual([]);
    expect(said()[0]).toMatch(/has records that nobody signed .* until then, nothing is signed/);
    place.takeOut();
    await own.write(2);
    await own.chain();
    await own.bring();
    expect((await own.room.chain.last())?.index).toBeGreaterThan(6);
    expect(await place.faults()).toEqual([]);
  });

  it.each(['files', 'bucket'] as const)(
    'a chain that began anew as a sink did not say where it ends is not taken for what is there: %s',
    async (name) => {
      const { sink, faults } = places()[name]();
      const own = world([sink]);
      await begun(own);
      await own.write(6);
      await own.chain();
      await own.bring();
      await ground.redis.del(...(await ground.redis.keys(`{${ground.prefix}}*`)));
      const silent = world([{ ...sink, end: () => Promise.reject(new Error('hangs')) }]);
      await silent.write(2);
      await silent.chain();
      await own.bring();
      const [state] = await own.room.chain.sinks();
      expect(state).toMatchObject({ name, index: 0 });
      expect(await faults()).toEqual([]);
    },
  );

  it('a file that ends with a record of which nobody can tell what it leads to has nothing signed there', async () => {
    const { sink, faults, folder } = files();
    const own = world([sink]);
    await begun(own);
    await own.write(6);
    await own.chain();
    await lose(8, 12);
    await own.bring();
    cutLastLine(folder);
    expect(await sink.end?.()).toMatchObject({ index: 6, has: 11 });
    const before = await faults();
    await ground.redis.del(...(await ground.redis.keys(`{${ground.prefix}}*`)));
    await own.write(2);
    await own.chain();
    await own.bring();
    expect(await own.room.chain.after(-1, 100)).toEqual([]);
    expect(await faults()).toEqual(before);
    expect(said().at(-1)).toMatch(/^The audit sink files has records that nobody signed/);
  });

  it('a batch that a kill cut short is no such thing: it is written anew, and nobody is alarmed', async () => {
    const { sink, faults, folder } = files();
    const own = world([sink]);
    await begun(own);
    await own.write(6);
    await own.chain();
    const state = await own.room.chain.sinks();
    await own.bring();
    for (const one of state) await own.room.chain.moved(one);
    cutLastLine(folder);
    cutLastLine(folder);
    await own.write(1);
    await own.chain();
    await own.bring();
    expect(said()).toEqual([]);
    expect(await faults()).toEqual([]);
    expect((await own.room.chain.sinks())[0]).toMatchObject({ index: 13 });
  });
});

const unproven = (which: string) =>
  expect.stringMatching(new RegExp(`^missing: nothing proves that ${which} (?:is|are) as written: no signed head`));

describe('what somebody changed in Redis after it was signed, with a hash that fits', () => {
  it.each([
    ['files', files],
    ['bucket', bucket],
  ])('is named as far as it can be told: one of its batch, and none behind it: %s', async (_, start) => {
    const { sink, faults } = start();
    const own = world([sink]);
    await begun(own);
    await own.write(6);
    await own.chain();
    await rewrite(9);
    await own.bring();
    await own.write(4);
    await own.chain();
    await own.bring();
    expect(await faults()).toEqual([unproven('records 7 to 12')]);
    expect(said()).toEqual([
      'The audit was changed in Redis Of records 7 to 12, which were signed together, somebody who can write to Redis changed at least one.',
    ]);
  });

  it('is named where it was signed alone', async () => {
    const { sink, faults } = files();
    const own = world([sink]);
    await begun(own);
    await own.write(1);
    await own.chain();
    await rewrite(7);
    await own.bring();
    expect(await faults()).toEqual([expect.stringMatching(/^changed: record 7 does not follow/)]);
    expect(said()).toEqual([
      'The audit was changed in Redis Somebody who can write to Redis changed record 7, which was signed.',
    ]);
  });

  it.each<[string, number, readonly ReturnType<typeof unproven>[]]>([
    ['one that the file has: it stays there as it was signed', 8, []],
    ['one that comes behind: nothing proves any of them', 11, [unproven('records 7 to 12')]],
  ])('after a part of its batch came to a file, %s', async (_, place, expected) => {
    const { sink, faults, folder } = files();
    const own = world([sink]);
    await begun(own);
    await own.write(6);
    await own.chain();
    const state = await own.room.chain.sinks();
    await own.bring();
    for (const one of state) await own.room.chain.moved(one);
    // A kill left 7 to 9.
    for (let n = 0; n < 4; n += 1) cutLastLine(folder);
    await rewrite(place);
    await own.bring();
    expect(await faults()).toEqual(expected);
    expect((await own.room.chain.sinks())[0]).toMatchObject({ index: 12 });
  });
});

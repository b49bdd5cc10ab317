import { describe, expect, it } from 'vitest';
import { replay } from '../../src/app/evidence/replay.ts';
import type { Sink } from '../../src/ports/sink.ts';
import { begun, cutLastLine, files, GONE, tampering } from './audit-tampering.ts';
import { chainOfFile, indexes, memorySink, upTo } from './chain-world.ts';

/*
 * Somebody deletes in Redis what was signed, before a sink has it. What is left goes to the sink, each record in its place; what is said of it is
 * what happened, and no more.
 */

const never = new AbortController().signal;
const { ground, raised, world } = chainOfFile();
const { lose, rewrite, said } = tampering(ground);

const unproven = (which: string) =>
  expect.stringMatching(new RegExp(`^missing: nothing proves that ${which} (?:is|are) as written: no signed head`));

describe('what somebody deleted in Redis after it was signed', () => {
  it.each<[string, readonly number[], readonly number[], string, readonly string[]]>([
    [
      'one, with several behind it',
      [8],
      [7, 9, 10, 11, 12],
      'Record 8 is in Redis no more, and files never had it',
      ['missing: record 8 is missing before this line', unproven('record 7'), unproven('records 9 to 12')],
    ],
    [
      'in two places',
      [8, 11],
      [7, 9, 10, 12],
      '2 records are in Redis no more, and files never had them \\(8, 11\\)',
      [
        'missing: record 8 is missing before this line',
        'missing: record 11 is missing before this line',
        unproven('record 7'),
        unproven('records 9 to 10'),
        unproven('record 12'),
      ],
    ],
    [
      'in three places, the first and the last among them',
      [7, 9, 10, 12],
      [8, 11],
      '4 records are in Redis no more, and files never had them \\(7, 9 to 10, 12\\)',
      [
        'missing: record 12 was signed, and is not there',
        'missing: record 7 is missing before this line',
        'missing: records 9 to 10 are missing before this line',
        unproven('record 8'),
        unproven('record 11'),
      ],
    ],
  ])('%s: the rest is in its place, and nothing else is said to be wrong', async (_, gone, left, told, faults) => {
    const [own, memory] = [files(), memorySink()];
    const { write, chain, bring, ...rest } = world([own.sink, memory]);
    await begun({ write, chain, bring, ...rest });
    await write(6);
    await chain();
    await lose(...gone);
    await bring();
    expect(said()[0]).toMatch(GONE(told));
    expect(indexes(memory).slice(6)).toEqual(left);
    const found = await own.faults();
    expect(found).toHaveLength(faults.length);
    expect(found).toEqual(expect.arrayContaining([...faults]));
  });

  it.each<[string, readonly number[], readonly number[], readonly string[]]>([
    ['one before the gap', [9], [12], ['records 7 to 11']],
    ['one before the gap, which is in the middle', [8], [11], ['records 7 to 10', 'record 12']],
    ['the last one, behind the gap', [12], [8, 9, 10, 11], ['record 7', 'record 12']],
  ])('and changed another one of it, %s: nothing of the batch is taken as proven', async (_, changed, gone, which) => {
    const own = files();
    const of = world([own.sink]);
    await begun(of);
    await of.write(6);
    await of.chain();
    for (const place of changed) await rewrite(place);
    await lose(...gone);
    await of.bring();
    // A batch that is whole comes behind it, and is proven.
    await of.write(4);
    await of.chain();
    await of.bring();
    expect((await own.faults()).filter((say) => say.includes('nothing proves'))).toEqual(which.map(unproven));
    const [first = 0, last = 0] = [7, 12];
    expect(said()[0]).toContain(
      `Of records ${first} to ${last}, which were signed together, nothing proves any more that those that are left are as they were written.`,
    );
  });

  it('at the end of a batch, and changed the one behind it: its signed head is still there, and shows that', async () => {
    const own = files();
    const of = world([own.sink]);
    await begun(of);
    await of.write(6);
    await of.chain();
    await of.write(3);
    await of.chain();
    await rewrite(13);
    await lose(12);
    await of.bring();
    const found = await own.faults();
    expect(found).toContainEqual(unproven('records 13 to 15'));
    expect(found.filter((say) => say.includes('record 12'))).toEqual([
      'missing: record 12 is missing before this line',
    ]);
  });

  it.each<[string, readonly number[]]>([
    ['the last one', [12]],
    ['several at the end', [10, 11, 12]],
    ['all of a batch', [7, 8, 9, 10, 11, 12]],
  ])('%s: the sink is not said to have lost what it never had', async (_, gone) => {
    const { sink } = files();
    const own = world([sink]);
    await begun(own);
    await own.write(6);
    await own.chain();
    await lose(...gone);
    await own.bring();
    expect(said()).toEqual([expect.stringMatching(/^Entries of the audit are missing/)]);
    for (let turn = 0; turn < 2; turn += 1) {
      await own.write(1);
      await own.chain();
      await own.bring();
    }
    expect(said()).toHaveLength(1);
  });

  it('and what the sink lost of what it had is told all the same', async () => {
    const { sink } = files();
    let hides = 0;
    const forgetful: Sink = {
      ...sink,
      async end(signal) {
        const end = await sink.end?.(signal);
        return end && { ...end, index: end.index - hides, has: (end.has ?? end.index) - hides };
      },
    };
    const own = world([forgetful]);
    await begun(own);
    await own.write(6);
    await own.chain();
    await lose(12);
    await own.bring();
    hides = 1;
    await own.write(1);
    await own.chain();
    await own.bring();
    expect(said()[1]).toMatch(
      /^The audit sink files lost records It had records up to 11, and now ends with record 10\./,
    );
  });

  it('with a gap from before it was signed: each is in its place still', async () => {
    const memory = memorySink();
    const own = world([memory]);
    await begun(own);
    await own.write(7);
    // Of 7 to 13 of the stream, one is gone before they are chained, and is no record.
    await lose(9);
    await own.chain();
    expect(said()[0]).toMatch(/^Entries of the audit are missing/);
    // Now 7, 8, 10, 11, 12, 13 of the stream are records 7 to 12.
    await lose(8, 11);
    await own.bring();
    expect(indexes(memory).slice(6)).toEqual([7, 9, 10, 12]);
    expect(said()[1]).toMatch(
      GONE('2 records are in Redis no more, and nobody can tell whether memory had them \\(8, 11\\)'),
    );
  });

  it('is told again where more of the same batch is deleted before a sink has it', async () => {
    const memory = memorySink();
    const own = world([memory]);
    await begun(own);
    await own.write(6);
    await own.chain();
    memory.isAway = true;
    await lose(8);
    for (let turn = 0; turn < 2; turn += 1) await own.bring();
    await lose(10);
    await own.bring();
    expect([...new Set(raised.map(({ key }) => key))]).toHaveLength(2);
    expect(said().at(-1)).toContain(
      '2 records are in Redis no more, and nobody can tell whether memory had them (8, 11)',
    );
  });

  it('goes out once more without it where it is asked for', async () => {
    const memory = memorySink();
    const own = world([memory]);
    await begun(own);
    await own.write(6);
    await own.chain();
    await lose(8, 11);
    const again = memorySink('again');
    const told = await replay(own.deps, own.room, { sink: again, since: 0, signal: never });
    expect([told, indexes(again)]).toEqual([{ records: 10, lost: 2 }, [...upTo(7), 9, 10, 12]]);
  });

  it('after it came to a file, which nobody was told: what the file has stays there', async () => {
    const { sink, faults } = files();
    const own = world([sink]);
    await begun(own);
    await own.write(6);
    await own.chain();
    const state = await own.room.chain.sinks();
    await own.bring();
    for (const one of state) await own.room.chain.moved(one);
    await lose(8);
    await own.write(1);
    await own.chain();
    await own.bring();
    expect((await own.room.chain.sinks())[0]?.index).toBe(13);
    expect(await faults()).toEqual([]);
    expect(said()).toEqual([
      expect.stringMatching(
        /^Entries of the audit are missing in Redis Record 8 is in Redis no more, and files has it\. Somebody deleted it, or the database went back\.$/,
      ),
    ]);
  });

  it('after a part of it came to a file: the rest is proven by what is there', async () => {
    const { sink, faults, folder } = files();
    let lines = 4;
    const torn: Sink = {
      ...sink,
      async write(batch, signal) {
        if (batch.from.index < 6 || lines === 0) return sink.write(batch, signal);
        await sink.write({ ...batch, links: batch.links.slice(0, lines) }, signal);
        lines = 0;
        cutNote();
        throw new Error('killed');
      },
    };
    const cutNote = () => cutLastLine(folder);
    const own = world([torn]);
    await begun(own);
    await own.write(6);
    await own.chain();
    await own.bring();
    await lose(8);
    await own.bring();
    expect(await faults()).toEqual([]);
    expect((await own.room.chain.sinks())[0]).toMatchObject({ index: 12 });
    // No signed head stood behind what was there: it could have been anybody's.
    expect(said()).toEqual([
      expect.stringMatching(GONE('Record 8 is in Redis no more, and nobody can tell whether files had it')),
    ]);
  });

  it('in a batch of two databases: each is in its place still', async () => {
    const memory = memorySink();
    const own = world([memory]);
    await begun(own);
    const stream = `{${ground.prefix}}:audit`;
    await own.write(2);
    const [some] = await ground.redis.xrange(stream, '-', '+');
    const epoch = Number((await ground.redis.xrevrange(stream, '+', '-', 'COUNT', 1))[0]?.[0].split('-')[0]) + 1;
    // Of the next database, the first entries were lost before they were chained: its last one is as far as the batch is long.
    for (const sequence of [3, 4, 5]) await ground.redis.xadd(stream, `${epoch}-${sequence}`, ...(some?.[1] ?? []));
    await own.chain();
    await lose(9);
    await own.bring();
    expect(indexes(memory).slice(6)).toEqual([7, 8, 10, 11]);
  });
});

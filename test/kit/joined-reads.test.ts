import { beforeEach, describe, expect, it } from 'vitest';
import { CallSlots } from '../../src/kit/call-slots.ts';
import { JoinedReads } from '../../src/kit/joined-reads.ts';
import { inOnePiece, type Rank, rankNow, urgently } from '../../src/kit/rank.ts';

interface Begun {
  readonly rank: Rank;
  readonly signal: AbortSignal;
  answer(value: string): void;
  fail(error: Error): void;
}

const never = new AbortController().signal;

let reads: JoinedReads<string>;
/** Readings that were begun, in their order. */
let begun: Begun[];
const load = (signal: AbortSignal) => {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  begun.push({ rank: rankNow(), signal, answer: resolve, fail: reject });
  return promise;
};
const read = (signal = never, key = 'group') => reads.read(key, signal, load);
const settled = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  reads = new JoinedReads();
  begun = [];
});

describe('readings of one thing', () => {
  it('begin at once, two of them, with the signal of whoever asks', async () => {
    const mine = new AbortController();
    const [one, other] = [read(mine.signal), read()];
    expect(begun.map(({ signal }) => signal)).toEqual([mine.signal, never]);
    begun[0]?.answer('a');
    begun[1]?.answer('b');
    expect([await one, await other]).toEqual(['a', 'b']);
  });

  it('are one for all who ask meanwhile, which begins once another one has ended', async () => {
    const first = [read(), read()];
    const others = Array.from({ length: 50 }, () => read());
    await settled();
    expect(begun).toHaveLength(2);
    begun[1]?.answer('old');
    await settled();
    expect(begun).toHaveLength(3);
    begun[2]?.answer('new');
    expect(new Set(await Promise.all(others))).toEqual(new Set(['new']));
    begun[0]?.answer('old');
    expect(await Promise.all(first)).toEqual(['old', 'old']);
  });

  it('tell nobody what was read before they asked', async () => {
    void read();
    void read();
    const joined = read();
    begun[0]?.answer('first');
    await settled();
    expect(begun).toHaveLength(3);
    // The third is on its way: whoever asks now may have changed something since it was begun.
    const late = read();
    begun[2]?.answer('third');
    expect(await joined).toBe('third');
    await settled();
    begun[3]?.answer('fourth');
    expect(await late).toBe('fourth');
  });

  it('keep nothing', async () => {
    for (const value of ['a', 'b']) {
      const one = read();
      begun.at(-1)?.answer(value);
      expect(await one).toBe(value);
    }
  });

  it('do not wait for another thing, nor what is urgent for what is not', async () => {
    for (let i = 0; i < 3; i += 1) void read();
    void read(never, 'another');
    void urgently(() => read());
    expect(begun).toHaveLength(4);
  });

  describe('go, where they are joined, in the place of', () => {
    let mine: Rank;
    let asks: () => void;
    /** What began first, and asks last. */
    const early = (signal = never) =>
      inOnePiece(async () => {
        mine = rankNow();
        await new Promise<void>((resolve) => {
          asks = resolve;
        });
        return read(signal);
      });
    const ask = () => {
      asks();
      return settled();
    };
    const end = async () => {
      begun[0]?.answer('a');
      await settled();
    };

    it('whoever is first of those who wait', async () => {
      const [first, ...others] = [early(), ...Array.from({ length: 4 }, () => inOnePiece(() => read()))];
      await ask();
      await end();
      expect(begun[2]?.rank.began).toBe(mine.began);
      begun[2]?.answer('c');
      expect(await Promise.all([first, ...others.slice(2)])).toEqual(['c', 'c', 'c']);
    });

    it('the rest, where that one has given up', async () => {
      const tired = new AbortController();
      const given = early(tired.signal).catch((error: Error) => error.message);
      const others = [1, 2, 3].map(() => inOnePiece(() => read()));
      await ask();
      tired.abort(new Error('enough'));
      expect(await given).toBe('enough');
      await end();
      expect(begun[2]?.rank.began).toBeGreaterThan(begun[1]?.rank.began ?? Infinity);
      begun[2]?.answer('c');
      expect(await others[2]).toBe('c');
    });

    it('when they were asked for, where nothing larger waits for them', async () => {
      void read();
      void read();
      void read();
      const asked = rankNow();
      await end();
      expect(begun[2]?.rank.began).toBeLessThan(asked.began);
    });
  });

  it('move up on their way, where they wait themselves, once somebody before waits for them; the rest of what asked for them does not', async () => {
    const slots = new CallSlots(1);
    const taken = slots.takeFree(await urgently(async () => rankNow()));
    const order: string[] = [];
    const call = async (name: string) => {
      const done = await slots.take(rankNow(), false, never);
      order.push(name);
      await settled();
      done();
      return name;
    };
    const go = Promise.withResolvers<void>();
    const early = inOnePiece(async () => {
      const rank = rankNow();
      await go.promise;
      await reads.read('group', never, () => call('joined'));
      return rank;
    });
    const others = [1, 2, 3].map((n) => inOnePiece(() => call(`another ${n}`)));
    const late = [1, 2].map((n) =>
      inOnePiece(async () => {
        const rank = rankNow();
        await reads.read('group', never, () => call(`group ${n}`));
        return rank;
      }),
    );
    go.resolve();
    await settled();
    taken?.();
    await Promise.all(others);
    expect(order).toEqual(['group 1', 'group 2', 'joined', 'another 1', 'another 2', 'another 3']);
    const { began } = await early;
    for (const one of await Promise.all(late)) expect(one.began).toBeGreaterThan(began);
  });

  it('fail for all who share one, and for nobody else', async () => {
    void read();
    const single = read();
    const shared = [read(), read()].map((one) => one.catch((error: Error) => error.message));
    begun[0]?.answer('a');
    await settled();
    begun[2]?.fail(new Error('throttled'));
    expect(await Promise.all(shared)).toEqual(['throttled', 'throttled']);
    begun[1]?.answer('b');
    expect(await single).toBe('b');
    const again = read();
    begun.at(-1)?.answer('c');
    expect(await again).toBe('c');
  });

  it('hold up nobody behind one whose reading fails or is given up', async () => {
    const mine = new AbortController();
    const failing = read(mine.signal).catch((error: unknown) => error);
    void read();
    const waiting = read();
    mine.abort(new Error('given up'));
    begun[0]?.fail(new Error('given up'));
    await failing;
    await settled();
    begun[2]?.answer('c');
    expect(await waiting).toBe('c');
  });
});

describe('whoever gives up', () => {
  it('ends the reading of no other', async () => {
    void read();
    void read();
    const mine = new AbortController();
    const [given, kept] = [read(mine.signal), read()];
    mine.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    begun[0]?.answer('a');
    await settled();
    begun[2]?.answer('c');
    expect(await kept).toBe('c');
  });

  it('leaves nothing to be read, where all have', async () => {
    const first = read();
    void read();
    const mine = new AbortController();
    const given = read(mine.signal);
    mine.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    begun[0]?.answer('a');
    expect(await first).toBe('a');
    await settled();
    expect(begun).toHaveLength(2);
    const next = read();
    begun[2]?.answer('d');
    expect(await next).toBe('d');
  });

  it('before it asks is not asked for', async () => {
    await expect(read(AbortSignal.abort(new Error('over')))).rejects.toThrow('over');
    expect(begun).toHaveLength(0);
  });
});

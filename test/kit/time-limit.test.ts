import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { callWithin, ENDLESS, limited, orAborted, untimed, within } from '../../src/kit/time-limit.ts';

const forever = () => new Promise<never>(() => undefined);

describe('work that does not hear its signal', () => {
  it('gives what it gives', async () => {
    expect(await orAborted(Promise.resolve('yes'), ENDLESS)).toBe('yes');
    await expect(orAborted(Promise.reject(new Error('no')), ENDLESS)).rejects.toThrow('no');
  });

  it('is left as soon as the signal aborts, with its reason', async () => {
    const stop = new AbortController();
    const waiting = orAborted(forever(), stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it('is left where the signal had aborted before', async () => {
    await expect(orAborted(forever(), AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    await expect(orAborted(Promise.resolve(1), AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });

  it('may fail later, unheard', async () => {
    const { promise, reject } = Promise.withResolvers<never>();
    await expect(orAborted(promise, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    reject(new Error('late'));
    await new Promise((resolve) => setImmediate(resolve));
  });

  it('leaves no listener behind', async () => {
    const stop = new AbortController();
    await orAborted(Promise.resolve(), stop.signal);
    await orAborted(Promise.reject(new Error('no')), stop.signal).catch(() => undefined);
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });
});

describe('a limit', () => {
  it('ends with the signal, or after its time', async () => {
    const stop = new AbortController();
    const limited = within(stop.signal, 60_000);
    stop.abort('enough');
    expect(limited.reason).toBe('enough');
    await expect(orAborted(forever(), within(ENDLESS, 1))).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

describe('a limit that ends with its work', () => {
  afterEach(() => vi.useRealTimers());

  const heard = (signal: AbortSignal) => orAborted(forever(), signal);

  it('ends with the signal, also one that aborted before, or after its time', async () => {
    const stop = new AbortController();
    const waiting = limited(stop.signal, 60_000, heard);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(limited(stop.signal, 60_000, heard)).rejects.toThrow('enough');
    await expect(limited(ENDLESS, 1, heard)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it.each([
    ['done', async () => 'done'],
    ['failed', () => Promise.reject(new Error('no'))],
  ])('leaves nothing behind once it is %s', async (_, work: () => Promise<string>) => {
    const stop = new AbortController();
    let given = ENDLESS;
    vi.useFakeTimers();
    await limited(stop.signal, 60_000, (signal) => {
      given = signal;
      return work();
    }).catch(() => undefined);
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
    stop.abort();
    expect(given.aborted).toBe(false);
  });
});

describe('a call within its time', () => {
  const asError = (error: unknown) => new Error('told', { cause: error });
  const call = { signal: ENDLESS, limitMs: 60_000, asError };

  it('gets a signal and gives its answer', async () => {
    expect(await callWithin(call, async (signal) => signal.aborted)).toBe(false);
  });

  it('is told in the words of the service when it fails, or takes too long', async () => {
    const cause = new Error('raw');
    await expect(callWithin(call, () => Promise.reject(cause))).rejects.toMatchObject({ message: 'told', cause });
    await expect(callWithin({ ...call, limitMs: 1 }, forever)).rejects.toMatchObject({
      message: 'told',
      cause: { name: 'TimeoutError' },
    });
  });

  it('ends with the reason of who gave up, also where the call fails of it in words of its own', async () => {
    const stop = new AbortController();
    const waiting = callWithin({ ...call, signal: stop.signal }, async (signal) => {
      stop.abort('enough');
      throw new Error(`heard ${signal.aborted}`);
    });
    await expect(waiting).rejects.toBe('enough');
  });

  it('is not begun for who gave up before', async () => {
    let begun = 0;
    const signal = AbortSignal.abort('enough');
    await expect(callWithin({ ...call, signal }, async () => (begun += 1))).rejects.toBe('enough');
    expect(begun).toBe(0);
  });
});

describe('waiting for one’s turn', () => {
  afterEach(() => vi.useRealTimers());

  const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

  it('takes nothing of the time of the call', async () => {
    vi.useFakeTimers();
    const call = limited(ENDLESS, 1_000, async (signal) => {
      await delay(400);
      await untimed(() => delay(60_000));
      await delay(500);
      return signal.aborted;
    });
    await vi.advanceTimersByTimeAsync(60_900);
    expect(await call).toBe(false);
  });

  it('leaves the call what was left of its time', async () => {
    vi.useFakeTimers();
    let over = Number.NaN;
    const from = Date.now();
    const call = limited(ENDLESS, 1_000, async (signal) => {
      signal.addEventListener('abort', () => {
        over = Date.now() - from;
      });
      await delay(400);
      // Two that wait at the same time are one wait.
      await Promise.all([untimed(() => delay(2_000)), untimed(() => delay(5_000))]);
      await delay(5_000);
    });
    await vi.advanceTimersByTimeAsync(20_000);
    await call;
    expect(over).toBe(6_000);
  });

  it('ends with the signal of the call, and is no limit where there is none', async () => {
    const stop = new AbortController();
    const call = limited(stop.signal, 1_000, (signal) => untimed(() => orAborted(forever(), signal)));
    stop.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    expect(await untimed(async () => 'at once')).toBe('at once');
  });

  it('starts no countdown anew once the call has ended', async () => {
    vi.useFakeTimers();
    const { promise, resolve } = Promise.withResolvers<void>();
    let left: Promise<void> | undefined;
    await limited(ENDLESS, 1_000, async () => {
      left = untimed(() => promise);
    });
    resolve();
    await left;
    expect(vi.getTimerCount()).toBe(0);
  });
});

import { WebAPIRateLimitedError } from '@slack/web-api';
import { beforeEach, describe, expect, it } from 'vitest';
import { SlackThrottle } from '../../../adapters/slack/throttle.ts';

let ms = 0;
let throttle: SlackThrottle;
let called: string[] = [];

beforeEach(() => {
  ms = 0;
  called = [];
  throttle = new SlackThrottle(() => ms);
});

const call = (name: string, outcome: unknown = name) =>
  throttle.run('chat.postMessage', async () => {
    called.push(name);
    if (outcome instanceof Error) throw outcome;
    return outcome;
  });
const limited = (seconds: number) => new WebAPIRateLimitedError(seconds);

describe('Retry-After', () => {
  it.each([3, 60])('of %i s is obeyed to the second, by all that use the method', async (seconds) => {
    await expect(call('first', limited(seconds))).rejects.toThrow();
    for (ms = 0; ms < seconds * 1_000; ms += 500)
      await expect(call('early')).rejects.toMatchObject({ code: 'chatBusy', retryAfterMs: seconds * 1_000 - ms });
    await call('then');
    await call('and on');
    expect(called).toEqual(['first', 'then', 'and on']);
  });

  it('ends with one try, whatever waits; all others go on its outcome', async () => {
    await expect(call('first', limited(3))).rejects.toThrow();
    ms = 3_000;
    let release = (_: unknown) => {};
    const answer = new Promise((resolve) => {
      release = resolve;
    });
    const probe = throttle.run('chat.postMessage', async () => {
      called.push('probe');
      await answer;
      throw limited(5);
    });
    const others = [call('one'), call('two')];
    release(undefined);
    await expect(probe).rejects.toThrow();
    for (const other of others) await expect(other).rejects.toMatchObject({ code: 'chatBusy', retryAfterMs: 5_000 });
    ms = 8_000;
    await Promise.all([call('three'), call('four')]);
    expect(called).toEqual(['first', 'probe', 'three', 'four']);
  });

  it('of one method holds up no other, and no other failure holds up anything', async () => {
    await expect(call('first', limited(3))).rejects.toThrow();
    expect(await throttle.run('chat.update', async () => 'done')).toBe('done');
    ms = 3_000;
    await expect(call('second', new Error('silent'))).rejects.toThrow('silent');
    expect(await call('third')).toBe('third');
  });
});

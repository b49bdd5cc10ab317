import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Batch } from '../../../adapters/aws/ec2/batch.ts';
import { RevokedRules } from '../../../adapters/aws/ec2/revoked-rules.ts';
import { instanceOfGroup } from '../../../adapters/aws/ec2/security-group.ts';
import { parseProtection, protectionText } from '../../../adapters/aws/ec2/tags.ts';

const never = new AbortController().signal;

describe('the tag of a protection', () => {
  const port = fc.record({
    port: fc.record({ number: fc.integer({ min: 1, max: 65_535 }), protocol: fc.constantFrom('tcp', 'udp') }),
    sources: fc.subarray(['10.0.0.0/8', '203.0.113.7/32', '2001:db8::/32', '::/0']),
    longestMs: fc.integer({ min: 1, max: 86_400 }).map((seconds) => seconds * 1000),
  });

  test('is read back as it was, or refused when it is too long', () => {
    fc.assert(
      fc.property(fc.array(port, { minLength: 1, maxLength: 5 }), (ports) => {
        const text = protectionText({ ports });
        if (text === undefined) return;
        expect(text.length).toBeLessThanOrEqual(256);
        expect(text).toMatch(/^[\w .:/=+\-@]+$/);
        expect(parseProtection(text)).toEqual({ ports });
      }),
    );
  });

  test.each(['', ' ', '22', '22=x', '22=60', '99999=60s', '22=60s@everywhere', '22=60s 33', 'ssh', '22=60s@10.0.0.0'])(
    '“%s” protects nothing',
    (text) => {
      expect(parseProtection(text)).toBeUndefined();
    },
  );
});

describe('the name of a group', () => {
  test.each([
    ['drawbridge-test-i-0123456789abcdef0', 'i-0123456789abcdef0'],
    ['drawbridge-test-i-01234567', 'i-01234567'],
    ['drawbridge-test-2-i-0123456789abcdef0', undefined],
    ['drawbridge-test-i-0123456789abcdef0-copy', undefined],
    ['drawbridge-other-i-0123456789abcdef0', undefined],
    ['drawbridge-test-', undefined],
    ['launch-wizard-1', undefined],
  ])('%s: %s', (name, instance) => {
    expect(instanceOfGroup('test', name)).toBe(instance);
  });
});

describe('readings at the same time', () => {
  const recorded = (most: number) => {
    const loads: (readonly string[])[] = [];
    const waiting: (() => void)[] = [];
    const batch = new Batch(
      async (keys) => {
        loads.push(keys);
        await new Promise<void>((resolve) => waiting.push(resolve));
        return new Map(keys.map((key) => [key, key.toUpperCase()]));
      },
      'none',
      most,
    );
    const answer = async () => {
      for (const resolve of waiting.splice(0)) resolve();
      await turn();
    };
    return { batch, loads, answer };
  };
  const turn = async () => {
    for (let i = 0; i < 3; i += 1) await new Promise((resolve) => setImmediate(resolve));
  };

  test('go together, each key once', async () => {
    const { batch, loads, answer } = recorded(10);
    const all = Promise.all(['a', 'b', 'a'].map((key) => batch.get(key, never)));
    await turn();
    await answer();
    expect(await all).toEqual(['A', 'B', 'A']);
    expect(loads).toEqual([['a', 'b']]);
  });

  test('begin after they are asked for: what is on the way is not joined', async () => {
    const { batch, loads, answer } = recorded(10);
    const first = batch.get('a', never);
    await turn();
    const second = batch.get('a', never);
    await turn();
    await answer();
    await Promise.all([first, second]);
    expect(loads).toEqual([['a'], ['a']]);
  });

  test('wait while two are on the way, and then go together', async () => {
    const { batch, loads, answer } = recorded(10);
    const all = [];
    for (const key of ['a', 'b', 'c', 'd']) {
      all.push(batch.get(key, never));
      await turn();
    }
    expect(loads).toEqual([['a'], ['b']]);
    await answer();
    await answer();
    await Promise.all(all);
    expect(loads).toEqual([['a'], ['b'], ['c', 'd']]);
  });

  test('are cut to what one call takes', async () => {
    const { batch, loads, answer } = recorded(2);
    const all = Promise.all(['a', 'b', 'c'].map((key) => batch.get(key, never)));
    await turn();
    await answer();
    await all;
    expect(loads).toEqual([['a', 'b'], ['c']]);
  });

  test('fail for everybody who waits, and not for the next', async () => {
    let calls = 0;
    const batch = new Batch<string>(
      async (keys) => {
        calls += 1;
        if (calls === 1) throw new Error('no');
        return new Map(keys.map((key) => [key, 'yes']));
      },
      'none',
      10,
    );
    const both = await Promise.allSettled([batch.get('a', never), batch.get('b', never)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await batch.get('a', never)).toBe('yes');
  });

  test('of what is not there give none', async () => {
    expect(await new Batch(async () => new Map(), 'none', 10).get('a', never)).toBe('none');
  });

  test('are not begun for who has given up', async () => {
    const { batch, loads } = recorded(10);
    await expect(batch.get('a', AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    await turn();
    expect(loads).toEqual([]);
  });
});

describe('what was confirmed as closed', () => {
  test('counts once readings have caught up, for that very rule', () => {
    let now = 0;
    const closed = new RevokedRules(() => now, 10);
    closed.note('sgr-1');
    now = 10;
    expect(closed.longAgo('sgr-1')).toBe(false);
    now = 11;
    expect(closed.longAgo('sgr-1')).toBe(true);
    expect(closed.longAgo('sgr-2')).toBe(false);
    expect(closed.longAgo(undefined)).toBe(false);
  });

  test('is forgotten, the oldest first, when it is too much', () => {
    const closed = new RevokedRules(() => 0, -1, 2);
    for (const id of ['sgr-1', 'sgr-2', 'sgr-3']) closed.note(id);
    expect(['sgr-1', 'sgr-2', 'sgr-3'].map((id) => closed.longAgo(id))).toEqual([false, true, true]);
  });
});

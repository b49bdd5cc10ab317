import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { LoopTurns } from '../../../adapters/slack/loop-turns.ts';

describe('turns of the event loop', () => {
  it('are given one after the other, and none at once', async () => {
    const turns = new LoopTurns();
    const begun: string[] = [];
    for (const name of ['a', 'b', 'c']) void turns.next().then(() => begun.push(name));
    const seen: string[] = [];
    for (let i = 0; i < 6; i += 1) {
      seen.push(begun.join(''));
      await turn();
    }
    expect(seen.slice(0, 2)).toEqual(['', '']);
    expect(seen.every((now, i) => now.length - (seen[i - 1] ?? '').length <= 1)).toBe(true);
    expect(begun).toEqual(['a', 'b', 'c']);
  });

  it('go on for what comes later', async () => {
    const turns = new LoopTurns();
    await turns.next();
    await turns.next();
  });
});

import { describe, expect, it } from 'vitest';
import { limitedLog } from '../../src/kit/limited-log.ts';

function rig() {
  const written: unknown[] = [];
  let at = 0;
  const write = (level: string) => (fields: object, message: string) => written.push([level, message, fields]);
  const log = limitedLog(
    { info: write('info'), warn: write('warn'), error: write('error') },
    { most: 2, periodMs: 1_000, now: () => at },
  );
  return {
    log,
    written,
    pass: (ms: number) => {
      at += ms;
    },
  };
}

describe('the limited log', () => {
  it('writes so many warnings of one message in a period, and then how many it left out', () => {
    const { log, written, pass } = rig();
    for (let n = 0; n < 5; n += 1) log.warn({ n }, 'a');
    pass(999);
    log.warn({ n: 5 }, 'a');
    expect(written).toEqual([
      ['warn', 'a', { n: 0 }],
      ['warn', 'a', { n: 1 }],
    ]);
    pass(1);
    log.warn({ n: 6 }, 'a');
    log.warn({ n: 7 }, 'a');
    log.warn({ n: 8 }, 'a');
    expect(written.slice(2)).toEqual([
      ['warn', 'a', { n: 6, leftOut: 4 }],
      ['warn', 'a', { n: 7 }],
    ]);
  });

  it('says nothing of what was left out when nothing was', () => {
    const { log, written, pass } = rig();
    log.warn({}, 'a');
    pass(1_000);
    log.warn({}, 'a');
    expect(written).toEqual(Array(2).fill(['warn', 'a', {}]));
  });

  it('counts each message by itself, and neither errors nor information', () => {
    const { log, written } = rig();
    for (let n = 0; n < 3; n += 1) {
      log.warn({}, 'a');
      log.warn({}, 'b');
      log.error({}, 'a');
      log.info({}, 'a');
    }
    expect(written).toHaveLength(2 + 2 + 3 + 3);
  });
});

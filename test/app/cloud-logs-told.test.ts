import { describe, expect, it } from 'vitest';
import { JitError } from '../../src/core/errors/errors.ts';
import { coverageOf } from '../../src/core/evidence/compared.ts';
import { rowOf } from '../../src/core/evidence/row.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/core/language/instant.ts';
import { LAG_MS, watched } from './watched-logs.ts';

const DAY_MINUTES = 24 * 60;
const denied = () => new JitError('cloudDenied', { cloud: 'AWS', code: 'AccessDenied' });

type Watched = Awaited<ReturnType<typeof watched>>;

/** What a pack of this period says of the log. */
async function coverage({ deps }: Watched, from: number, to: number) {
  const records = await deps.audit.read(undefined, 10_000);
  const entries = records.map((one, i) => ({
    index: i + 1,
    at: one.at,
    row: rowOf({ ...one, index: i + 1 }),
  }));
  const found = coverageOf(entries, { from, to });
  return found.find(({ log }) => log === 'AWS test');
}

describe('what the audit says of a log', () => {
  it('is once a day from when to when it was compared, without a gap', async () => {
    const test = await watched();
    const begun = test.clock.now();
    await test.turn(3 * DAY_MINUTES);
    const entries = await test.entriesOf('log compared');
    expect(entries).toHaveLength(2);
    const found = await coverage(test, begun + MINUTE_MS, begun + 2 * DAY_MINUTES * MINUTE_MS);
    expect(found?.untold).toEqual([]);
  });

  it('is since when nobody can tell, once, with the reason; and nothing more once all was compared after all', async () => {
    const test = await watched();
    const begun = test.clock.now();
    await test.turn(60);
    test.log.trouble = new JitError('cloudBusy', { cloud: 'AWS' });
    await test.turn(90);
    test.restart();
    await test.turn(30);
    const [entry, ...more] = await test.entriesOf('log unread');
    expect(more).toEqual([]);
    const { why, outcome } = JSON.parse(entry?.record ?? '{}');
    expect([why, outcome]).toEqual([
      expect.stringMatching(/^AWS test: nobody can tell what it has since \S+Z: /),
      'failed',
    ]);
    const unread = await coverage(test, begun + MINUTE_MS, test.clock.now());
    expect(unread?.untold).toHaveLength(1);
    expect(unread?.untold[0]?.why).not.toContain('no record');
    test.log.trouble = undefined;
    await test.turn(DAY_MINUTES);
    const after = await coverage(test, begun + MINUTE_MS, begun + 10 * HOUR_MS);
    expect(after?.untold).toEqual([]);
    // The next time it is said again.
    test.log.trouble = denied();
    await test.turn(30);
    expect(await test.entriesOf('log unread')).toHaveLength(2);
  });

  it('is that a right was lost, also where nothing was ever written there, and after a restart', async () => {
    const test = await watched();
    await test.turn(60);
    test.log.trouble = denied();
    test.restart();
    await test.turn(15);
    expect(test.alarms).toContain('AWS test: its log of changes cannot be read');
    expect(await test.entriesOf('log unread')).toHaveLength(1);
  });

  it('is nothing where the right was never given, also after many restarts: a pack says that nobody can tell', async () => {
    const test = await watched();
    test.log.trouble = denied();
    for (let n = 0; n < 4; n += 1) {
      await test.turn(30);
      test.restart();
    }
    expect([test.alarms, await test.entriesOf('log unread')]).toEqual([[], []]);
    expect(await coverage(test, 0, test.clock.now())).toBe(undefined);
  });
});

describe('a cloud whose logs cannot be listed', () => {
  it('is told after ten minutes, and recorded once', async () => {
    const test = await watched();
    await test.turn(20);
    test.log.unlisted = denied();
    await test.turn(30);
    expect(test.alarms).toContain('aws: its log of changes cannot be read');
    const entries = await test.entriesOf('log unread');
    expect(entries.map(({ record }) => JSON.parse(record).why)).toEqual([
      expect.stringMatching(/^aws: which logs of changes it has cannot be read: /),
    ]);
  });
});

describe('a log without Drawbridge’s own writes', () => {
  it('is one that nobody can tell by, after an hour; what it has at last is compared then', async () => {
    const test = await watched();
    await test.turn(20);
    const opened = test.clock.now();
    await test.open();
    test.write('us', { at: opened });
    test.write('other', { id: 'hidden', at: opened + 2 * MINUTE_MS });
    const late = test.entries.splice(0);
    await test.turn(60);
    expect(test.alarms).toEqual([]);
    await test.turn(30);
    expect(new Set(test.alarms)).toEqual(new Set(['AWS test: its log of changes lacks Drawbridge’s own']));
    expect([...test.alarmed.values()].flat().at(-1)).toBe(
      'Nobody can tell who else changes what is in front of machines there. See whether the log is the right one, and whether somebody filters it.',
    );
    expect(await test.entriesOf('log unread')).toHaveLength(1);
    await test.turn(9 * 60);
    const blind = await coverage(test, opened - 10 * MINUTE_MS, test.clock.now() - LAG_MS - MINUTE_MS);
    expect(blind?.untold).toHaveLength(1);
    // All of it is there at last, and another write of its own.
    test.entries.push(...late);
    test.write('product', { isRemoval: true });
    await test.turn(2 * DAY_MINUTES);
    expect(await test.entriesOf('foreign write')).toHaveLength(1);
    const after = await coverage(test, opened - 10 * MINUTE_MS, opened + 20 * HOUR_MS);
    expect(after?.untold).toEqual([]);
  });

  it('is nothing to tell by where the log has them, or where nothing was written', async () => {
    const test = await watched();
    await test.turn(20);
    test.write('us');
    await test.open();
    await test.turn(6 * 60);
    expect([test.alarms, await test.entriesOf('log unread')]).toEqual([[], []]);
  });
});

describe('a write that a log shows later than it should', () => {
  it('takes back what was told of its entry, once, also after a restart; twice in the log is once', async () => {
    const test = await watched();
    await test.turn(20);
    const opened = test.clock.now();
    await test.open();
    test.write('us', { at: opened });
    const late = test.entries.splice(0);
    await test.turn(17);
    expect(await test.entriesOf('unlogged')).toHaveLength(1);
    expect(test.chat.told.at(-1)).toContain('Not in the log of AWS test');
    test.restart();
    await test.turn(50);
    // Behind newer ones, and twice.
    test.write('us', { id: 'newer', resource: 'elsewhere' });
    test.entries.push(...late, ...late);
    await test.turn(3 * 60);
    expect(await test.entriesOf('foreign write')).toEqual([]);
    expect(await test.entriesOf('unlogged')).toHaveLength(1);
    expect(await test.entriesOf('logged late')).toHaveLength(1);
    expect(test.chat.told.filter((one) => one.startsWith('In the log of AWS test after all'))).toEqual([
      expect.stringMatching(
        /was opened on api-1 .*says the audit\.\nThe log told it late\. Nothing has to be done\.$/s,
      ),
    ]);
    test.restart();
    await test.turn(3 * 60);
    expect(await test.entriesOf('logged late')).toHaveLength(1);
  });

  it('is not told while it is not there: a hole stays one', async () => {
    const test = await watched();
    await test.turn(20);
    await test.open();
    test.write('us', { resource: 'elsewhere' });
    await test.turn(5 * 60);
    expect(await test.entriesOf('unlogged')).toHaveLength(1);
    expect(await test.entriesOf('logged late')).toEqual([]);
  });

  it('is found within three hours, once; and none of Drawbridge’s own is taken for a foreign one', async () => {
    const test = await watched();
    await test.turn(20);
    const at = test.clock.now();
    await test.open();
    test.write('us', { at });
    test.write('other', { at: at + MINUTE_MS });
    const [own, foreign] = test.entries.splice(0);
    if (own) test.entries.push(own);
    await test.turn(100);
    expect(await test.entriesOf('foreign write')).toEqual([]);
    if (foreign) test.entries.push(foreign);
    await test.turn(70);
    test.restart();
    await test.turn(4 * 60);
    expect(await test.entriesOf('foreign write')).toHaveLength(1);
  });
});

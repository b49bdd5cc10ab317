import { describe, expect, it } from 'vitest';
import { isShown } from '../../src/core/evidence/written.ts';
import { MINUTE_MS } from '../../src/core/language/instant.ts';
import { MACHINE } from './fixtures.ts';
import { watched } from './watched-logs.ts';

/** Its opening is not in the log, and operators were told. The write of it comes when it is put there. */
async function unloggedOpening() {
  const test = await watched();
  await test.turn(20);
  const opened = test.clock.now();
  await test.open();
  test.write('us', { at: opened });
  const late = test.entries.splice(0);
  return { ...test, opened, late };
}

describe('what a log shows late', () => {
  it.each([100, 130, 160, 170, 179])('is found where it comes %i minutes after the act', async (minutes) => {
    const test = await unloggedOpening();
    await test.turn(minutes);
    test.entries.push(...test.late);
    await test.turn(70);
    expect(await test.entriesOf('logged late')).toHaveLength(1);
    expect(await test.entriesOf('foreign write')).toEqual([]);
  });

  it.each([
    ['somebody else’s', { by: 'other' }, false],
    ['another call', { by: 'us', call: 'call-2' }, false],
    ['the same call', { by: 'us', call: 'call-1' }, true],
    ['one of which nobody names the call', { by: 'us' }, true],
  ] as const)('is judged where it is %s', (_, more, isIt) => {
    const act = { at: 1e9, event: 'closed', outcome: 'done', act: 'a', machine: MACHINE.id, calls: ['call-1'] };
    const write = {
      id: 'w',
      at: 1e9,
      cloud: 'aws',
      account: '123456789012',
      operation: 'x',
      resource: 'sg-1',
    } as const;
    expect(isShown(act, [{ ...write, caller: 'c', machines: [MACHINE.id], ...more }])).toBe(isIt);
  });

  it('is told again to a chat that did not take it', async () => {
    const test = await unloggedOpening();
    await test.turn(17);
    test.entries.push(...test.late);
    test.chat.isAway = true;
    for (let i = 0; i < 120 && (await test.entriesOf('logged late')).length === 0; i += 1) await test.turn();
    test.chat.isAway = false;
    await test.turn(3);
    expect(test.chat.told.filter((one) => one.startsWith('In the log of AWS test after all'))).toHaveLength(1);
    expect(await test.entriesOf('logged late')).toHaveLength(1);
  });
});

describe('what a log does not have', () => {
  it('is told again to a chat that did not take it', async () => {
    const test = await unloggedOpening();
    test.chat.isAway = true;
    await test.turn(17);
    expect(await test.entriesOf('unlogged')).toHaveLength(1);
    test.chat.isAway = false;
    await test.turn(3);
    expect(test.chat.told.filter((one) => one.startsWith('Not in the log of AWS test'))).toHaveLength(1);
  });

  it('is not told any more once the log has it', async () => {
    const test = await unloggedOpening();
    test.chat.isAway = true;
    await test.turn(17);
    test.entries.push(...test.late);
    for (let i = 0; i < 120 && (await test.entriesOf('logged late')).length === 0; i += 1) await test.turn();
    test.chat.isAway = false;
    await test.turn(3);
    expect(test.chat.told.map((one) => one.split('\n')[0])).toEqual(['In the log of AWS test after all']);
  });

  it('is summed up with the event that it has in the audit', async () => {
    const test = await watched();
    await test.turn(20);
    await test.open();
    for (let i = 0; i < 20; i += 1)
      await test.deps.audit.record({
        ...{ act: `closed-${i}`, event: 'closed', outcome: 'done', by: 'drawbridge', as: 'program' },
        ...{ machine: MACHINE.id, request: test.id },
      } as Parameters<typeof test.deps.audit.record>[0]);
    await test.turn(20);
    expect(test.chat.told.join('\n')).toContain('And 6 more: `jit audit export --event "unlogged"`.');
  });
});

describe('an audit that has no more of what it said', () => {
  it('makes no foreign writes of Drawbridge’s own after a restart, and hides none of others', async () => {
    const test = await watched();
    await test.turn(20);
    test.write('us');
    await test.open();
    await test.turn(60);
    const last = (await test.deps.audit.read(undefined, 1_000)).at(-1);
    // As XTRIM does it, once every sink has them.
    const read = test.deps.audit.read.bind(test.deps.audit);
    const trimmed: typeof read = async (...given) =>
      (await read(...given)).filter(({ sequence }) => sequence > (last?.sequence ?? 0));
    Object.assign(test.deps.audit, { read: trimmed });
    await test.deps.audit.record({ act: 's', event: 'start', outcome: 'done', by: 'drawbridge', as: 'program' });
    test.write('other', { id: 'late-other', at: test.clock.now() - 30 * MINUTE_MS });
    test.restart();
    await test.turn(75);
    test.restart();
    await test.turn(75);
    const found = (await test.entriesOf('foreign write')).map(({ record }) => JSON.parse(record).act);
    expect(found).toEqual(['log-late-other']);
  });
});

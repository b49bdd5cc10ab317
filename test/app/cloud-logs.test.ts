import { describe, expect, it } from 'vitest';
import { SILENT_MS } from '../../src/app/evidence/cloud-logs.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { MINUTE_MS } from '../../src/core/language/instant.ts';
import type { AuditRecord } from '../../src/ports/audit.ts';
import type { MemoryAudit } from '../memory/audit.ts';
import { LAG_MS, watched } from './watched-logs.ts';

describe('writes that are not Drawbridge’s', () => {
  it('are told once, with caller, address, what, when, and the lag; and are in the audit', async () => {
    const test = await watched();
    await test.turn();
    test.write('other');
    await test.turn(3);
    test.restart();
    await test.turn(3);
    expect(test.chat.told).toHaveLength(1);
    expect(test.chat.told[0]).toContain('Changed past Drawbridge: AWS test');
    expect(test.chat.told[0]).toContain('arn:aws:iam::123456789012:user/mallory from 203.0.113.77');
    expect(test.chat.told[0]).toContain('AuthorizeSecurityGroupIngress of sg-1');
    expect(test.chat.told[0]).toContain('in front of i-0123456789abcdef0');
    expect(test.chat.told[0]).toContain('shows what happened up to 15 min later');
    expect(await test.entriesOf('foreign write')).toHaveLength(1);
  });

  it('are told within two minutes of when the log shows them, however late that is', async () => {
    const test = await watched();
    await test.turn();
    test.write('other', { at: test.clock.now() });
    const [late] = [test.log];
    late.trouble = new JitError('cloudBusy', { cloud: 'AWS' });
    await test.turn(14);
    late.trouble = undefined;
    await test.turn(1);
    expect(test.chat.told).toHaveLength(1);
    expect(test.chat.told[0]).toContain('found after 15 min');
  });

  it('are told with Drawbridge’s own identity too, where the audit has no entry for them', async () => {
    const test = await watched();
    await test.open();
    await test.turn(30);
    test.write('us');
    await test.turn(2);
    expect(test.chat.told.at(-1)).toContain('identity of Drawbridge, or may be: its audit has no entry for it');
  });

  it('are told also behind an entry that nobody can read: whoever can write to Redis silences nobody', async () => {
    const test = await watched();
    await test.turn();
    const all = (test.deps.audit as MemoryAudit).all as AuditRecord[];
    const place = { epoch: all[0]?.epoch ?? 0, sequence: all.length + 1, at: test.clock.now() };
    all.push({ ...place, record: 'no JSON', people: '{}', hash: 'x' });
    test.write('other');
    await test.turn(3);
    expect(test.chat.told).toHaveLength(1);
  });

  it('are told again to a chat that did not take it', async () => {
    const test = await watched();
    await test.turn();
    test.chat.isAway = true;
    test.write('other');
    await test.turn(2);
    test.chat.isAway = false;
    await test.turn(2);
    expect(test.chat.told).toHaveLength(1);
    expect(await test.entriesOf('foreign write')).toHaveLength(1);
  });

  it('are not told where no protected machine is, nor of the time before it was compared at all', async () => {
    const test = await watched();
    test.write('other');
    await test.turn();
    test.write('other', { resource: 'elsewhere' });
    await test.turn(3);
    expect(test.chat.told).toEqual([]);
  });

  it('are summed up where there are many; each is in the audit', async () => {
    const test = await watched();
    await test.turn();
    for (let i = 0; i < 40; i += 1) test.write('other');
    await test.turn();
    expect(test.chat.told).toHaveLength(1);
    expect(test.chat.told[0]).toContain('And 25 more');
    expect(await test.entriesOf('foreign write')).toHaveLength(40);
  });
});

describe('what the audit says was opened', () => {
  it('is nothing to tell where the log has the write', async () => {
    const test = await watched();
    await test.turn();
    test.write('us');
    await test.open();
    await test.turn(40);
    expect(test.chat.told).toEqual([]);
  });

  it('is told after the log’s lag where it has none, once', async () => {
    const test = await watched();
    await test.turn();
    await test.open();
    await test.turn(13);
    expect(test.chat.told).toEqual([]);
    await test.turn(4);
    expect(test.chat.told).toHaveLength(1);
    expect(test.chat.told[0]).toContain(`Request \`${test.id}\` was opened on api-1`);
    expect(test.chat.told[0]).toContain('Nobody can tell why');
    test.restart();
    await test.turn(5);
    expect(test.chat.told).toHaveLength(1);
    expect(await test.entriesOf('unlogged')).toHaveLength(1);
  });
});

describe('a log that cannot be read', () => {
  it('is “cannot tell”, told after ten minutes, and caught up with: nothing is taken for compared', async () => {
    const test = await watched();
    await test.turn();
    await test.open();
    test.log.trouble = new JitError('cloudBusy', { cloud: 'AWS' });
    await test.turn(60);
    expect(SILENT_MS).toBe(10 * MINUTE_MS);
    expect(test.alarms[0]).toBe('AWS test: its log of changes cannot be read');
    expect(test.chat.told).toEqual([]);
    test.log.trouble = undefined;
    await test.turn(2);
    expect(test.chat.told).toHaveLength(1);
    expect(test.chat.told[0]).toContain('was opened on api-1');
  });

  it('is no alarm where the right to read it was never given', async () => {
    const test = await watched();
    test.log.trouble = new JitError('cloudDenied', { cloud: 'AWS', code: 'AccessDenied' });
    await test.turn(30);
    expect([test.alarms, test.chat.told]).toEqual([[], []]);
  });

  it('is read a part at a time after a long outage', async () => {
    const test = await watched();
    await test.turn();
    test.clock.advance(3 * 24 * 60 * MINUTE_MS);
    test.log.read.length = 0;
    await test.turn(20);
    const longest = Math.max(...test.log.read.map(({ from, to }) => to - from));
    expect(longest).toBeLessThanOrEqual((6 * 60 + 20) * MINUTE_MS);
    expect((await test.marks.of('AWS test'))?.upTo).toBe(test.clock.now() - LAG_MS);
  });
});

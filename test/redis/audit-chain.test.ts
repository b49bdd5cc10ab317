import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eachLine, fileSink } from '../../adapters/audit-file/index.ts';
import { lags, trimAudit, watchSinks } from '../../src/app/evidence/behind.ts';
import { evidenceExaminer } from '../../src/app/evidence/examine.ts';
import { sequence } from '../../src/app/evidence/sequence.ts';
import type { Alarm } from '../../src/app/operators/alarms.ts';
import { Verification } from '../../src/core/evidence/verify.ts';
import { say } from '../../src/core/language/say.ts';
import { signerOf, VERIFIERS } from '../core/evidence/chain.ts';
import { often } from '../setup/lane.ts';
import { chainOfFile, indexes, memorySink, upTo } from './chain-world.ts';

const never = new AbortController().signal;

const { ground, raised, world } = chainOfFile();

const alarms = { raise: async (alarm: Alarm) => void raised.push(alarm), over: async () => {} };

/** More than are kept by far. */
const MANY = often(20_000, 101_000);

describe('the chain of the audit', () => {
  it('has every entry once, in order, however many processes chain at once', async () => {
    const sink = memorySink();
    const { write, room, deps, bring } = world([sink]);
    await write(30);
    await Promise.all([1, 2, 3, 4].map(() => sequence(deps, room, alarms)));
    await write(5);
    await sequence(deps, room, alarms);
    await bring();
    // The first key that signs is an entry, too.
    expect(indexes(sink)).toEqual(upTo(36));
    expect(raised).toEqual([]);
    const verification = new Verification({ verifiers: VERIFIERS });
    expect(sink.got.every(({ note }) => note.includes('drawbridge audit head v1\ndemo\n'))).toBe(true);
    expect(verification.verdict().faults).toEqual([]);
  });

  it('brings each sink everything at its own pace, and drops nothing that one lacks', async () => {
    const [fast, slow] = [memorySink('fast'), memorySink('slow')];
    const lossy = memorySink('lossy', { isBestEffort: true });
    const { write, chain, bring, audit, deps, room } = world([fast, slow, lossy], { keep: 5 });
    [slow.isAway, lossy.isAway] = [true, true];
    await write(20);
    await chain();
    await write(20);
    await chain();
    await bring();
    await bring();
    await trimAudit(deps, room);
    expect((await audit.size()).entries).toBe(41);
    expect(indexes(fast)).toEqual(upTo(41));
    slow.isAway = false;
    await bring();
    expect(indexes(slow)).toEqual(upTo(41));
    await trimAudit(deps, room);
    // Whole batches alone, and the one that never loses its head.
    const { entries } = await audit.size();
    expect(entries).toBeGreaterThanOrEqual(5);
    expect(entries).toBeLessThan(41);
    await write(3);
    await chain();
    await bring();
    expect(indexes(fast)).toEqual(upTo(44));
    expect(indexes(slow)).toEqual(upTo(44));
  });

  it('drops nothing while a sink has not begun: nobody can tell what it lacks', async () => {
    const [begun, fresh] = [memorySink('begun'), memorySink('fresh')];
    const { write, chain, bring, audit, deps, room } = world([begun], { keep: 1 });
    await write(10);
    await chain();
    await trimAudit(deps, room);
    expect((await audit.size()).entries).toBe(11);
    await bring();
    await trimAudit(deps, { ...room, sinks: [begun, fresh] });
    expect((await audit.size()).entries).toBe(11);
    await trimAudit(deps, room);
    expect((await audit.size()).entries).toBeLessThan(11);
  });

  it('waits for a sink that the configuration does not name any more, until it is forgotten', async () => {
    const [old, kept] = [memorySink('old'), memorySink('kept')];
    old.isAway = true;
    const before = world([old, kept], { keep: 1 });
    await before.write(10);
    await before.chain();
    await before.bring();
    const { deps, room, bring, audit } = world([kept], { keep: 1 });
    await bring();
    await trimAudit(deps, room);
    expect((await audit.size()).entries).toBe(11);
    expect(await lags(deps, room)).toContainEqual(
      expect.objectContaining({ name: 'old', records: 11, isConfigured: false }),
    );
    expect(await room.chain.forget('old')).toBe(true);
    await before.write(1);
    await sequence(deps, room, alarms);
    await bring();
    await trimAudit(deps, room);
    expect((await audit.size()).entries).toBeLessThan(11);
  });

  it('loses no record, however many there are, where few are kept in Redis', {
    timeout: 300_000,
  }, async () => {
    const sink = memorySink();
    const { write, chain, bring, deps, room, audit } = world([sink], { keep: 1_000 });
    await write(1);
    const [first] = await audit.read(undefined, 1);
    if (!first) throw new Error('none');
    const more =
      "for n = 2, ARGV[1] do redis.call('XADD', KEYS[1], ARGV[2] .. '-' .. n, 'at', ARGV[2], 'record', ARGV[3], 'people', ARGV[4], 'hash', ARGV[5]) end";
    const args = [MANY, first.epoch, first.record, first.people, first.hash];
    await ground.redis.eval(more, 1, `{${ground.prefix}}:audit`, ...args);
    for (let turn = 0; turn < 60; turn += 1) {
      await chain();
      for (let n = 0; n < 2; n += 1) await bring();
      await trimAudit(deps, room);
    }
    expect(indexes(sink)).toEqual(upTo(MANY + 1));
    expect((await audit.size()).entries).toBeLessThan(3_000);
    expect(raised).toEqual([]);
  });

  it('goes on behind what the files have after a lost database', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'drawbridge-chain-'));
    const files = () => fileSink({ installation: 'demo', folder, rotateBytes: 1_000_000, vkeys: [signerOf().vkey] });
    const before = world([files()]);
    await before.write(10);
    await before.chain();
    await before.bring();
    await ground.redis.flushall();
    const after = world([files()]);
    while ((await after.deps.store.now()).at <= ((await files().end?.())?.epoch ?? 0));
    await after.write(4);
    await after.chain();
    await after.chain();
    await after.bring();
    const verification = new Verification({ verifiers: VERIFIERS });
    await eachLine(folder, (...line) => verification.take(...line));
    rmSync(folder, { recursive: true });
    const { records, faults, remarks } = verification.verdict();
    expect([faults, remarks]).toEqual([
      [],
      [expect.stringMatching(/^at record \d+, another database was begun, or it had gone back in time$/)],
    ]);
    expect(records).toBeGreaterThanOrEqual(15);
  });

  it('goes on behind nothing of another installation, whose folder stays as it is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'drawbridge-chain-'));
    const files = (installation: string) =>
      fileSink({ installation, folder, rotateBytes: 1_000_000, vkeys: [signerOf().vkey] });
    const verdict = async () => {
      const verification = new Verification({ verifiers: VERIFIERS });
      await eachLine(folder, (...line) => verification.take(...line));
      return verification.verdict();
    };
    const demo = world([files('demo')]);
    await demo.write(3);
    await demo.chain();
    await demo.bring();
    await ground.redis.flushall();
    const prod = world([files('prod')], { installation: 'prod' });
    for (const count of [2, 3, 20]) {
      await prod.write(count);
      await prod.chain();
      await prod.bring();
      expect((await prod.room.chain.last())?.note).toMatch(/^drawbridge audit head v1\nprod\n/);
    }
    expect(await verdict()).toMatchObject({ records: 4, first: 1, signed: 4, faults: [], remarks: [] });
    expect((await prod.room.chain.last())?.index).toBe(26);
    expect(await lags(prod.deps, prod.room)).toMatchObject([{ name: 'files', records: 26 }]);
    rmSync(folder, { recursive: true });
  });

  it('tells the operators loudly of a sink that is behind', async () => {
    const sink = memorySink('splunk');
    sink.isAway = true;
    const { write, chain, bring, deps, room } = world([sink]);
    await write(3);
    await chain();
    await bring();
    const later = { ...deps, store: { ...deps.store, now: async () => ({ at: Date.now() + 600_000, trusted: true }) } };
    await watchSinks(later as typeof deps, room, alarms);
    expect(await evidenceExaminer(later as typeof deps, room).examine([], never)).toMatchObject([
      { of: 'Audit', what: 'keys of heads and receipts (a1)', verdict: 'fine' },
      { of: 'Audit', what: 'sink splunk', verdict: 'fault', means: expect.stringContaining('It lacks 4 records') },
    ]);
    expect(raised).toMatchObject([
      { key: 'sink splunk', title: say`The audit sink ${'splunk'} is behind`, isLoud: true },
    ]);
  });
});

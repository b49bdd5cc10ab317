import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/core/audit/entry.ts';
import { isIntact, readRecord } from '../../src/core/audit/record.ts';
import type { Audit, AuditRecord } from '../../src/ports/audit.ts';
import type { Store } from '../../src/ports/store.ts';
import { approve, change, machine, pending } from './fixtures.ts';

export interface AuditUnderTest {
  readonly audit: Audit;
  /** One that writes to the same audit. */
  readonly store: Store;
  /** Makes Redis forget what scripts it was sent. */
  forgetScripts(): Promise<void>;
  stop(): Promise<void>;
}

const PROTECT: AuditEntry = {
  act: 'act-1',
  event: 'protect',
  outcome: 'begun',
  by: { person: { id: 'grace', name: 'Grace Hopper' }, chat: 'teams', account: '6f0c3a5e-58a1-4b8e-9a57-2d7f0f3f6d11' },
  as: 'protector',
  machine: machine(1),
  machineName: 'web-1',
  ports: [{ number: 22, protocol: 'tcp' }],
  limits: ['22 from 203.0.113.0/28 for 3 h'],
  standing: [{ port: { number: 22, protocol: 'tcp' }, source: '0.0.0.0/0', through: 'launch-wizard-1' }],
};

/** What every audit must do, and the store that writes to it. */
export function auditConformance(name: string, make: () => Promise<AuditUnderTest>): void {
  describe(`${name}: the audit`, () => {
    let test: AuditUnderTest;
    let at: number;

    beforeEach(async () => {
      test = await make();
      at = (await test.store.now()).at;
    });
    afterEach(() => test.stop());

    const all = () => test.audit.read(undefined, 1_000);
    const events = (records: readonly AuditRecord[]) => records.map((one) => readRecord(one).facts.event);

    it('has the entries of commits and all others in one order, without a gap', async () => {
      const { audit, store } = test;
      const [one, two] = [pending('aaaaaaa', at), pending('bbbbbbb', at, { machine: machine(2) })];
      await audit.record(PROTECT);
      await store.save([change(one, 0), change(two, 0)]);
      await audit.record({ ...PROTECT, outcome: 'done' });
      await store.save([change(approve(one, at), 1)]);
      const records = await all();
      expect(events(records)).toEqual(['protect', 'pending', 'pending', 'protect', 'activating']);
      expect(new Set(records.map(({ epoch }) => epoch)).size).toBe(1);
      const [first] = records;
      expect(records.map(({ sequence }) => sequence - (first?.sequence ?? 0))).toEqual([0, 1, 2, 3, 4]);
      for (const record of records) {
        expect(record.at).toBeGreaterThanOrEqual(at);
        expect(record.epoch).toBeGreaterThan(0);
      }
    });

    it('reads on from a place, in portions', async () => {
      for (const act of ['a', 'b', 'c', 'd']) await test.audit.record({ ...PROTECT, act });
      const acts = (records: readonly AuditRecord[]) => records.map((one) => readRecord(one).facts.act);
      const first = await test.audit.read(undefined, 2);
      expect(acts(first)).toEqual(['a', 'b']);
      const rest = await test.audit.read(first.at(-1), 9);
      expect(acts(rest)).toEqual(['c', 'd']);
      expect(await test.audit.read(rest.at(-1), 9)).toEqual([]);
      expect(await test.audit.size()).toMatchObject({ entries: 4 });
    });

    it('keeps the SHA-256 of the record, and what a person is called apart from it', async () => {
      await test.audit.record(PROTECT);
      const [record] = await all();
      if (!record) throw new Error('nothing was kept');
      expect(record.hash).toBe(createHash('sha256').update(record.record).digest('base64url'));
      expect(isIntact(record)).toBe(true);
      expect(record.record).not.toContain('Grace');
      expect(record.record).not.toContain('6f0c3a5e');
      const { facts, people } = readRecord(record);
      expect(facts).toMatchObject({
        by: 'grace',
        through: 'teams',
        as: 'protector',
        cloud: 'aws',
        machine: machine(1),
        machineName: 'web-1',
        ports: ['22'],
        standing: ['22 to 0.0.0.0/0 through launch-wizard-1'],
      });
      expect(people).toEqual({ grace: { name: 'Grace Hopper', account: '6f0c3a5e-58a1-4b8e-9a57-2d7f0f3f6d11' } });
    });

    it('keeps every letter of what people wrote', async () => {
      const words = 'deploy “x”\n\\ 日本 \u{1F6A2} \ud800 \u0000 "quoted" {a}';
      await test.audit.record({ ...PROTECT, words });
      const [record] = await all();
      expect(record && isIntact(record)).toBe(true);
      expect(record && readRecord(record).people.grace?.words).toBe(words);
    });

    it('has nothing of a commit that was stale, and a commit that was sent twice once', async () => {
      const { store } = test;
      const request = pending('aaaaaaa', at);
      await store.save([change(request, 0)]);
      await store.save([change(request, 0)]);
      await store.save([change(pending('aaaaaaa', at, { source: '203.0.113.9/32' }), 0)]);
      await store.save([change(approve(request, at), 7)]);
      expect(events(await all())).toEqual(['pending']);
    });

    it('has an entry once that was sent twice, since the first answer was lost', async () => {
      await test.audit.record(PROTECT);
      await test.audit.record(PROTECT);
      await test.audit.record({ ...PROTECT, outcome: 'done' });
      expect(events(await all())).toEqual(['protect', 'protect']);
    });

    it('goes on after Redis forgot its scripts', async () => {
      await test.audit.record(PROTECT);
      await test.forgetScripts();
      await test.audit.record({ ...PROTECT, act: 'act-2' });
      await test.forgetScripts();
      await test.store.save([change(pending('aaaaaaa', at), 0)]);
      expect(events(await all())).toEqual(['protect', 'protect', 'pending']);
    });

    it('has entries of many at once in one order, each once', async () => {
      const { audit, store } = test;
      await Promise.all(
        Array.from({ length: 40 }, (_, n) =>
          n % 2 === 0
            ? audit.record({ ...PROTECT, act: `act-${n}` })
            : store.save([change(pending(`request${n}`, at, { machine: machine(n) }), 0)]),
        ),
      );
      const records = await all();
      expect(new Set(records.map((one) => readRecord(one).facts.act)).size).toBe(40);
      const first = records[0]?.sequence ?? 0;
      expect(records.map(({ sequence }) => sequence)).toEqual(records.map((_, i) => first + i));
      expect(records.every(isIntact)).toBe(true);
    });
  });
}

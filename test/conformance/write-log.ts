import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JitError } from '../../src/core/errors/errors.ts';
import type { WriteAround } from '../../src/core/evidence/written.ts';
import { MINUTE_MS } from '../../src/core/language/instant.ts';
import type { CloudAdapter } from '../../src/ports/cloud.ts';
import type { CloudLog, WriteLog } from '../../src/ports/write-log.ts';
import type { CloudHarness } from './cloud-harness.ts';
import { never, openOne, placeOne } from './cloud-steps.ts';

/** A cloud with a protected machine and its log. */
export interface LogUnderTest {
  readonly cloud: CloudHarness & { readonly adapter: CloudAdapter & WriteLog };
  /** Somebody opens the protected machine by hand. */
  foreignWrite(): void;
  /** Somebody writes where no protected machine is. */
  elsewhere(): void;
  /** Somebody puts another list of groups in front of the machine. */
  reattach(): void;
  /** From now on records take so long to be there. */
  lag(ms: number): void;
  /** The identity may not read the log. */
  deny(): void;
  /** The next reads of the log are throttled. */
  throttle(): void;
  /** The address that people call from. */
  readonly address: string;
}

/** What every cloud that reads in its own log must do. */
export function writeLogConformance(name: string, start: () => Promise<LogUnderTest>): void {
  describe(`${name}: who wrote`, () => {
    let test: LogUnderTest;
    let log: CloudLog;

    beforeEach(async () => {
      test = await start();
      const [only, ...more] = await test.cloud.adapter.logs(never);
      expect(more).toEqual([]);
      if (!only) throw new Error('no log');
      log = only;
      test.cloud.advance(MINUTE_MS);
    });
    afterEach(() => test.cloud.stop());

    /** What the log has of the last half hour, in front of protected machines. */
    const read = async (from = -30 * MINUTE_MS, to = MINUTE_MS): Promise<readonly WriteAround[]> => {
      const { adapter, now } = test.cloud;
      const all = await adapter.written(log.name, { from: now() + from, to: now() + to }, never);
      return adapter.around(log.name, all, never);
    };
    const recent = () => read(-MINUTE_MS / 2);

    it('is a log of the machine’s own account', () => {
      expect([log.covers(test.cloud.machine), log.lagMs > MINUTE_MS, log.keepsMs > 24 * 60 * MINUTE_MS]).toEqual([
        true,
        true,
        true,
      ]);
    });

    it('names Drawbridge’s own writes as its own, around the machine', async () => {
      const placement = await placeOne(test.cloud);
      await openOne(test.cloud, placement, test.cloud.now() + 60 * MINUTE_MS);
      const found = await recent();
      expect(found.length).toBeGreaterThan(0);
      expect(found.map(({ by }) => by)).not.toContain('other');
      expect(found.map(({ by }) => by)).toContain('us');
      for (const { machines } of found) expect(machines).toContain(test.cloud.machine);
    });

    it('names what somebody else wrote, with caller, address, and machine, each once', async () => {
      test.foreignWrite();
      const found = (await recent()).filter(({ by }) => by === 'other');
      expect(found).toHaveLength(1);
      expect(found[0]).toMatchObject({ address: test.address, machines: [test.cloud.machine] });
      expect(found[0]?.caller).not.toBe('?');
      expect(Math.abs((found[0]?.at ?? 0) - test.cloud.now())).toBeLessThan(MINUTE_MS);
      // The same, however often it is read.
      expect((await recent()).filter(({ by }) => by === 'other')).toEqual(found);
    });

    it('names another list of groups in front of it', async () => {
      test.reattach();
      expect((await recent()).filter(({ by }) => by === 'other')).toMatchObject([{ machines: [test.cloud.machine] }]);
    });

    it('leaves out what is in front of no protected machine', async () => {
      test.elsewhere();
      expect((await recent()).filter(({ by }) => by === 'other')).toEqual([]);
    });

    it('gives only what was in that time', async () => {
      test.foreignWrite();
      test.cloud.advance(10 * MINUTE_MS);
      expect((await read(-5 * MINUTE_MS)).filter(({ by }) => by === 'other')).toEqual([]);
      expect((await read(-15 * MINUTE_MS)).filter(({ by }) => by === 'other')).toHaveLength(1);
    });

    it('shows it as late as the service does', async () => {
      test.lag(7 * MINUTE_MS);
      test.foreignWrite();
      test.cloud.advance(6 * MINUTE_MS);
      expect((await read()).filter(({ by }) => by === 'other')).toEqual([]);
      test.cloud.advance(2 * MINUTE_MS);
      expect((await read()).filter(({ by }) => by === 'other')).toHaveLength(1);
    });

    it('reads page after page', async () => {
      for (let i = 0; i < 120; i += 1) test.foreignWrite();
      expect((await recent()).filter(({ by }) => by === 'other')).toHaveLength(120);
    });

    it('is an error, never “nothing”, where it may not be read, or is throttled', async () => {
      test.throttle();
      await expect(read()).rejects.toMatchObject({ kind: 'busy' });
      test.deny();
      await expect(read()).rejects.toThrow(JitError);
      await expect(read()).rejects.toMatchObject({ code: 'cloudDenied' });
    });
  });
}

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { protectionKey } from '../../src/core/machine/protection.ts';
import type { ConsentPage } from '../../src/core/policy/consent.ts';
import type { ProtectedBy, ProtectionRecords } from '../../src/ports/protection-records.ts';
import { machine } from './fixtures.ts';

const SSH = { number: 22, protocol: 'tcp' } as const;
const RDP = { number: 3389, protocol: 'tcp' } as const;
const PAGE: ConsentPage = {
  code: 'ab12cd34ef56',
  entry: 'fleet',
  machines: [machine(1), machine(2)],
  items: [{ machine: machine(1), digest: '0011' }],
  at: 7,
};

/** What all records of protections must do. */
export function protectionRecordsConformance(
  name: string,
  make: () => Promise<{ readonly records: ProtectionRecords; stop(): Promise<void> }>,
): void {
  describe(`${name}: records of protections`, () => {
    let records: ProtectionRecords;
    let stop: () => Promise<void>;
    beforeEach(async () => {
      const made = await make();
      records = made.records;
      stop = () => made.stop();
    });
    afterEach(() => stop());

    it('keep pages, and who agreed first, also when the page is kept again', async () => {
      expect(await records.pages()).toEqual([]);
      await records.keepPage(PAGE);
      expect(await records.pages()).toEqual([PAGE]);
      await records.agree(PAGE.code, { by: 'Sam', at: 8 });
      await records.agree(PAGE.code, { by: 'Grace', at: 9 });
      await records.keepPage({ ...PAGE, items: [] });
      expect(await records.pages()).toEqual([{ ...PAGE, items: [], agreed: { by: 'Sam', at: 8 } }]);
    });

    it('forget a page with the agreement to it, and give no agreement without its page', async () => {
      await records.keepPage(PAGE);
      await records.agree(PAGE.code, { by: 'Sam', at: 8 });
      await records.dropPage(PAGE.code);
      await records.dropPage(PAGE.code);
      expect(await records.pages()).toEqual([]);
      await records.agree('000000000000', { by: 'Sam', at: 8 });
      expect(await records.pages()).toEqual([]);
      await records.keepPage(PAGE);
      expect(await records.pages()).toEqual([PAGE]);
    });

    it('keep who protected a port of a machine last', async () => {
      const sam = { by: 'Sam', through: 'person', at: 8 } as const;
      const file = { by: 'fleet', through: 'configuration', at: 9 } as const;
      await records.keepProtectedBy(machine(1), [SSH, RDP], sam);
      await records.keepProtectedBy(machine(2), [SSH], sam);
      await records.keepProtectedBy(machine(2), [SSH], file);
      await records.keepProtectedBy(machine(2), [], file);
      expect(await records.protectedBy()).toEqual(
        new Map<string, ProtectedBy>([
          [protectionKey(machine(1), SSH), sam],
          [protectionKey(machine(1), RDP), sam],
          [protectionKey(machine(2), SSH), file],
        ]),
      );
      await records.keepProtectedBy(machine(1), [SSH], undefined);
      await records.keepProtectedBy(machine(1), [SSH], undefined);
      expect([...(await records.protectedBy()).keys()]).toEqual([
        protectionKey(machine(1), RDP),
        protectionKey(machine(2), SSH),
      ]);
    });
  });
}

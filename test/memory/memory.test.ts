import { describe } from 'vitest';
import { auditConformance } from '../conformance/audit.ts';
import { crowdConformance } from '../conformance/crowd.ts';
import { endsConformance } from '../conformance/ends.ts';
import { journalConformance } from '../conformance/journal.ts';
import { lockConformance } from '../conformance/lock.ts';
import { protectionRecordsConformance } from '../conformance/protection-records.ts';
import { rememberedConformance } from '../conformance/remembered.ts';
import { startingConformance } from '../conformance/starting.ts';
import { storeConformance } from '../conformance/store.ts';
import type { StoreUnderTest } from '../conformance/store-harness.ts';
import { tiedChanges } from '../conformance/tied.ts';
import { memoryAudit } from './audit.ts';
import { memoryJournal } from './journal.ts';
import { memoryLock } from './lock.ts';
import { memoryProtectionRecords } from './protection-records.ts';
import { memoryStore } from './store.ts';

async function make(): Promise<StoreUnderTest> {
  const store = memoryStore({ now: () => Date.UTC(2026, 10, 23, 12) });
  return { store, forgetDue: (machine) => store.forgetDue(machine), stop: async () => {} };
}

storeConformance('memory', make);
describe('memory: tied changes', () => tiedChanges(make));
startingConformance('memory', make);
rememberedConformance('memory', make);
crowdConformance('memory', make);
endsConformance('memory', make);

auditConformance('memory', async () => {
  const now = () => Date.UTC(2026, 10, 23, 12);
  const audit = memoryAudit(now);
  return { audit, store: memoryStore({ now, audit }), forgetScripts: async () => {}, stop: async () => {} };
});

lockConformance('memory', memoryLock);

protectionRecordsConformance('memory', async () => ({ records: memoryProtectionRecords(), stop: async () => {} }));

journalConformance('memory', async () => {
  // Time passes, as what is left for a while waits for it.
  let at = Date.UTC(2026, 10, 23, 12);
  const journal = memoryJournal(() => {
    at += 10;
    return at;
  });
  return { journal, another: journal.another, die: async () => journal.die(), stop: async () => {} };
});

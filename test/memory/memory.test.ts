import { lockConformance } from '../conformance/lock.ts';
import { storeConformance } from '../conformance/store.ts';
import { memoryLock } from './lock.ts';
import { memoryStore } from './store.ts';

storeConformance('memory', async () => {
  const store = memoryStore({ now: () => Date.UTC(2026, 10, 23, 12) });
  return { store, forgetDue: (machine) => store.forgetDue(machine), stop: async () => {} };
});

lockConformance('memory', memoryLock);

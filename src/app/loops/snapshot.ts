import type { Person } from '../../core/people/person.ts';
import type { Deps } from '../deps.ts';
import { rest } from '../rest.ts';

/**
 * Keeps on this computer who may break glass without a chat, as the directories tell now. Where one does not answer, what was kept
 * stays, and gets older.
 */
export async function keepSnapshot({ offline, rules, directory, store }: Deps): Promise<void> {
  const ids = [...(rules.glassKeys?.keys.keys() ?? [])];
  if (!offline || ids.length === 0) return;
  const people: Person[] = [];
  for (const id of ids) {
    const person = await directory.byId(id);
    if (person) people.push(person);
  }
  await offline.snapshot.keep({ at: (await store.now()).at, people });
}

/** Again and again, in every process: each has a disk of its own. */
export function startSnapshot(deps: Deps, everyMs: number): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await keepSnapshot(deps).catch((error: unknown) => {
        deps.log.warn({ error }, 'who may break glass could not be kept on disk; what was kept gets older');
      });
      await rest(everyMs, stopping.signal);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

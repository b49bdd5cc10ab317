import { mustAgree } from '../../src/app/operators/same-rules.ts';
import type { LiveProcess } from '../../src/ports/processes.ts';
import { type MemoryJournal, memoryJournal } from '../memory/journal.ts';

/** What transcripts put on the journal and the processes. */
export interface Strain {
  readonly journal: MemoryJournal;
  readonly mustAgree: () => Promise<void>;
  /** `journal> full`, `journal> empty`; `processes> differ`, `processes> agree`. */
  put(on: 'journal' | 'processes', what: string): void;
}

const THIS: LiveProcess = {
  ...{ id: 'a', host: 'one', roles: 'web, work', program: '1.0.0', since: 0 },
  ...{ config: '01234567', rules: '0r' },
};

/** A journal with room, and one process, until a transcript says otherwise. */
export function strained(now: () => number): Strain {
  const journal = memoryJournal(now);
  let live: readonly LiveProcess[] = [THIS];
  const never = () => Promise.reject(new Error('nobody asks for this'));
  return {
    journal,
    mustAgree: () => mustAgree({ live: async () => live, beat: never, leave: never }, THIS),
    put(on, what) {
      if (on === 'journal') journal.keepAtMost(what === 'full' ? 0 : Number.POSITIVE_INFINITY);
      else live = what === 'differ' ? [THIS, { ...THIS, id: 'b', config: '89abcdef', rules: '1r' }] : [THIS];
    },
  };
}

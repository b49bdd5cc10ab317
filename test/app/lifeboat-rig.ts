import { Lifeboat } from '../../src/app/lifeboat/lifeboat.ts';
import { LeaseMemory } from '../../src/app/lifeboat/memory.ts';
import type { AuditEntry } from '../../src/core/audit/entry.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import type { Report } from '../../src/core/view/report.ts';
import type { Spool } from '../../src/ports/spool.ts';
import type { Store } from '../../src/ports/store.ts';
import { world } from './fixtures.ts';

/** What can be done with the store: everything, reading alone, or nothing. */
export type StoreState = 'there' | 'readOnly' | 'away';

const READING = new Set<keyof Store>(['now', 'load', 'liveOn', 'live', 'recent', 'approvals', 'placedBy', 'strays']);

/** A spool in memory. */
export function memorySpool(): Spool & { readonly entries: AuditEntry[]; failure?: Error } {
  const spool: ReturnType<typeof memorySpool> = {
    entries: [],
    async add(entries) {
      if (spool.failure) throw spool.failure;
      spool.entries.push(...entries);
    },
    async merge(write) {
      const all = spool.entries.splice(0);
      for (const entry of all) await write(entry);
      return all.length;
    },
  };
  return spool;
}

/** A process with its lifeboat, whose store can be taken away; beats and rounds come when the test says so. */
export function boatWorld(most?: number, check?: () => Promise<void>) {
  const memory = new LeaseMemory(most);
  const made = world({ seen: (request) => memory.see(request) });
  made.cloud.clock = made.clock.now;
  let state: StoreState = 'there';
  const store = new Proxy(made.deps.store, {
    get(target, name, receiver) {
      const method = Reflect.get(target, name, receiver) as unknown;
      if (typeof method !== 'function') return method;
      return async (...args: readonly unknown[]) => {
        const isAllowed = state === 'there' || (state === 'readOnly' && READING.has(name as keyof Store));
        if (!isAllowed) throw new Error(state === 'away' ? 'connect ECONNREFUSED' : 'READONLY');
        return Reflect.apply(method, target, args);
      };
    },
  });
  const told: string[] = [];
  const chat = { isAway: false };
  const tell = async ({ title, sections }: Report) => {
    const rows = sections.flatMap(({ heading, rows }) => [
      ...(heading ? [phrased(heading)] : []),
      ...rows.map(({ line }) => plain(line)),
    ]);
    if (chat.isAway) throw new Error('the chat is away');
    told.push([phrased(title), ...rows].join('\n'));
  };
  const spool = memorySpool();
  const chats = new Map([['slack' as const, Object.assign(made.chat, { tell })]]);
  const deps = { ...made.deps, store, chats, mayOpen: () => boat.mayOpen() };
  const why = () => new JitError('redisTrouble', { why: 'has no memory left', fix: 'Give it more memory.' });
  const options = { deps, memory, spool, patrolMs: 180_000, host: 'here', why };
  const boat = new Lifeboat({ ...options, ...(check ? { check } : {}) });
  return {
    ...made,
    deps,
    boat,
    spool,
    told,
    reach: chat,
    memory,
    become(next: StoreState) {
      state = next;
    },
    /** A second at a time: a beat, and every fifth one a round. Gives nothing back: look at the cloud. */
    async pass(seconds: number) {
      for (let i = 1; i <= seconds; i += 1) {
        made.clock.advance(1_000);
        await boat.beat();
        if (i % 5 === 0) await boat.round();
      }
    },
  };
}

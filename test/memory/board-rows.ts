import { readRecord } from '../../src/core/audit/record.ts';
import { type BoardRow, rowOf } from '../../src/core/board/row.ts';
import type { BoardRows } from '../../src/ports/board-rows.ts';
import type { Store } from '../../src/ports/store.ts';
import { KEEP } from '../../src/redis/limits.ts';
import type { MemoryAudit } from './audit.ts';

/** A store that keeps what the board shows of what it saved, as the Redis store does in its script. */
export function shownBy<S extends Store>(
  store: S,
  more: readonly BoardRow[] = [],
  audit?: Pick<MemoryAudit, 'all'>,
): { readonly store: S; readonly rows: BoardRows } {
  const kept = new Map(more.map((row) => [row.id, { at: row.closedAt ?? row.askedAt, row }]));
  const save: Store['save'] = async (changes) => {
    const saved = await store.save(changes);
    const { at } = await store.now();
    for (const [i, { next }] of changes.entries())
      if (saved[i] === 'saved') kept.set(next.id, { at, row: rowOf(next) });
    return saved;
  };
  return {
    store: new Proxy(store, {
      get: (own, name) => {
        const value = Reflect.get(own, name, own);
        if (name === 'save') return save;
        return typeof value === 'function' ? value.bind(own) : value;
      },
    }),
    rows: {
      keptMs: KEEP.endedMs,
      async *changed(since) {
        yield [...kept.values()].filter(({ at }) => at >= since).sort((a, b) => a.at - b.at);
      },
      generation: async () => '',
      entries: async (id) => audit?.all.filter((one) => readRecord(one).facts.request === id) ?? [],
    },
  };
}

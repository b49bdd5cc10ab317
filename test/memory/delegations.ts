import type { Delegation } from '../../src/core/people/delegation.ts';
import type { Delegations } from '../../src/ports/delegations.ts';

/** The twin of the hash in Redis. */
export function memoryDelegations(): Delegations {
  const kept = new Map<string, Delegation>();
  return {
    all: async () => [...kept.values()],
    async keep(delegation) {
      kept.set(delegation.from.id, delegation);
    },
    drop: async (from) => kept.delete(from),
    async clear() {
      const { size } = kept;
      kept.clear();
      return size;
    },
  };
}

import type { AccountLink } from '../../src/core/people/account-link.ts';
import type { AccountLinks } from '../../src/ports/account-links.ts';

/** The twin of the links in Redis. */
export function memoryAccountLinks(): AccountLinks {
  const kept = new Map<string, AccountLink>();
  const ofEntra = (entra: string) => [...kept.values()].find((link) => link.entra === entra.toLowerCase());
  return {
    ofSlack: async (slack) => kept.get(slack),
    ofEntra: async (entra) => ofEntra(entra),
    async keep(link) {
      if (kept.has(link.slack) || ofEntra(link.entra)) return false;
      kept.set(link.slack, link);
      return true;
    },
    async drop(slack) {
      const link = kept.get(slack);
      kept.delete(slack);
      return link;
    },
    all: async () => [...kept.values()],
    strange: async () => [],
    async clear() {
      const { size } = kept;
      kept.clear();
      return size;
    },
  };
}

import type { Ceremony } from '../../src/core/people/ceremony.ts';
import type { Ceremonies } from '../../src/ports/ceremonies.ts';

/** The twin of what is under way in browsers in Redis. */
export function memoryCeremonies(): Ceremonies {
  const kept = new Map<string, string>();
  const advance = (key: string, before: Ceremony, next: string | undefined) => {
    if (kept.get(key) !== JSON.stringify(before)) return false;
    if (next === undefined) kept.delete(key);
    else kept.set(key, next);
    return true;
  };
  return {
    async begin(key, ceremony) {
      kept.set(key, JSON.stringify(ceremony));
    },
    async read(key) {
      const text = kept.get(key);
      return text === undefined ? undefined : (JSON.parse(text) as Ceremony);
    },
    advance: async (key, before, next) => advance(key, before, JSON.stringify(next)),
    end: async (key, before) => advance(key, before, undefined),
  };
}

import { DAY_MS } from '../../src/core/language/instant.ts';
import type { Homes } from '../../src/ports/homes.ts';

/** The twin of what Redis keeps. */
export function memoryHomes(now: () => number): Homes {
  const seen = new Map<string, number>();
  const stale = new Set<string>();
  return {
    async opened(chat, user) {
      seen.set(`${chat} ${user}`, now());
    },
    async changed(chat, users) {
      for (const user of users) if ((seen.get(`${chat} ${user}`) ?? 0) > now() - DAY_MS) stale.add(`${chat} ${user}`);
    },
    async take(chat, most) {
      const taken = [...stale].filter((one) => one.startsWith(`${chat} `)).slice(0, most);
      for (const one of taken) stale.delete(one);
      return taken.map((one) => one.slice(chat.length + 1));
    },
  };
}

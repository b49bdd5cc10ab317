import type { Request } from '../core/request/request.ts';
import type { Store } from '../ports/store.ts';

/** What is taken of each live request, read in pages: of 100,000 whole ones a process would hold hundreds of megabytes. */
export async function takeLive<T>(
  store: Pick<Store, 'showLive'>,
  limit: number,
  take: (request: Request) => readonly T[],
): Promise<readonly T[]> {
  const taken: T[] = [];
  await store.showLive(limit, (page) => taken.push(...page.flatMap(take)));
  return taken;
}

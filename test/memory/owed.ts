import type { Request } from '../../src/core/request/request.ts';
import { reviewOwedBy } from '../../src/core/request/reviewing.ts';

/** Those whose review is owed, the most urgent first. */
export function owedOf(requests: readonly Request[], limit: number): readonly Request[] {
  const owed = requests.flatMap((request) => {
    const by = reviewOwedBy(request);
    return by === undefined ? [] : [{ request, by }];
  });
  return owed
    .sort((a, b) => a.by - b.by)
    .slice(0, limit)
    .map(({ request }) => request);
}

import type { Request } from './request.ts';
import type { Who } from './review.ts';

type Parties = Pick<Request, 'requester' | 'askedBy'>;

/** Is it their own: theirs to have, or asked for by them? Neither ever decides it, and either takes it back. */
export function isTheirs({ requester, askedBy }: Parties, id: string): boolean {
  return requester.id === id || askedBy?.id === id;
}

/** Who asked for it. */
export function askerOf({ requester, askedBy }: Parties): Who {
  return askedBy ?? requester;
}

/** Who took it back. */
export function withdrawerOf(request: Request): Who {
  const { requester, askedBy } = request;
  return askedBy && withdrawal(request)?.by === askedBy.id ? askedBy : requester;
}

/** What whoever took it back wrote. */
export function withdrawalWords(request: Request): string | undefined {
  return request.status === 'withdrawn' ? withdrawal(request)?.text : undefined;
}

function withdrawal({ timeline }: Request) {
  return timeline.findLast(({ event }) => event === 'withdrawn');
}

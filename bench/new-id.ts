import { randomBytes } from 'node:crypto';
import { requestId } from '../src/core/request/request.ts';

const given = new Set<string>();

/** The id of a request that this process has not given before: of 100,000 at random, two are the same in one run of six. */
export function newId(): string {
  for (;;) {
    const id = requestId(randomBytes(7));
    if (!given.has(id)) {
      given.add(id);
      return id;
    }
  }
}

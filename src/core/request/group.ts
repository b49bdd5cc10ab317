import { createHash } from 'node:crypto';
import { extensionOf, isWaiting, type Request } from './request.ts';

/** In front of the id of the first of them: what cards and commands call all of a group. */
const PREFIX = 'all-';

/** What several requests of one command are called on their one card: `all-` and the id of the first. */
export function groupId(first: string): string {
  return `${PREFIX}${first}`;
}

/** The id of the first request of a group that is called so; undefined for any other word. */
export function firstIn(word: string): string | undefined {
  return new RegExp(`^${PREFIX}([2-9a-z]{7})$`).exec(word.toLowerCase())?.[1];
}

/** The ids of all that share a card with this request, in the order in which they were named; undefined where it has its own. */
export function membersIn({ together }: Pick<Request, 'together'>): readonly string[] | undefined {
  const { members = [] } = together ?? {};
  return members.length > 1 ? members : undefined;
}

/** Under which id the cards are kept that show a request. */
export function cardIdOf(request: Pick<Request, 'id' | 'together'>): string {
  return membersIn(request)?.[0] ?? request.id;
}

/** Grows with every commit of one of them. */
export function versionOf(group: readonly Request[]): number {
  return group.reduce((sum, { version }) => sum + version, 0);
}

/**
 * Names what waits for a decision in these: a card carries it, and who approves all of them approves this and nothing else. The same
 * as long as the same ones wait with the same question.
 */
export function questionNumber(group: readonly Request[]): number {
  const waiting = group.filter(isWaiting).map((request) => {
    const extension = extensionOf(request);
    const again = request.status === 'pending' ? request.again?.version : undefined;
    return [request.id, extension?.version ?? again ?? 1];
  });
  return createHash('sha256').update(JSON.stringify(waiting)).digest().readUInt32BE();
}

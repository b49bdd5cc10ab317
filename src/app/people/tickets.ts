import { createHash, timingSafeEqual } from 'node:crypto';
import { JitError } from '../../core/errors/errors.ts';
import { MINUTE_MS } from '../../core/language/instant.ts';
import type { BegunCeremony, Ceremony } from '../../core/people/ceremony.ts';
import type { PageRoom } from '../../ports/browser-room.ts';
import type { Deps } from '../deps.ts';

/** How long a link from chat is good for. */
const LINK_MS = 10 * MINUTE_MS;
const BYTES = 32;

type TicketDeps = Pick<Deps, 'store' | 'random'>;

/** A ceremony, with the key that it is kept under. */
export interface Ticketed {
  readonly key: string;
  readonly ceremony: Ceremony;
}

/** Begins something in a browser, and gives the ticket for the link. Whatever was under way under the same key is over. */
export async function beginTicket(
  deps: TicketDeps,
  room: PageRoom,
  key: string,
  of: Pick<Ceremony, 'chat' | 'account' | 'through' | 'about' | 'asked'>,
): Promise<string> {
  const ceremony = await newCeremony(deps, of);
  await room.ceremonies.begin(key, ceremony);
  return ticketOf(room, { key, ceremony });
}

export async function newCeremony(
  deps: TicketDeps,
  of: Pick<Ceremony, 'chat' | 'account' | 'through' | 'about' | 'asked'>,
): Promise<Ceremony> {
  const { at, epoch = 0 } = await deps.store.now();
  return { id: unguessable(deps), until: at + LINK_MS, epoch, ...of };
}

/** What a ticket stands for. Throws `linkOver` for one that was not signed here, is used, or is too old, and `noSuchLink` for what is none. */
export async function heldBy(deps: TicketDeps, room: PageRoom, ticket: string): Promise<Ticketed> {
  const [, head = '', id = '', seal = ''] = /^([\w-]+\.([\w-]+))\.(ds1\..+)$/.exec(ticket) ?? [];
  if (head === '') throw new JitError('noSuchLink');
  if (!room.seals.verify(head, seal)) throw new JitError('linkOver');
  return under(deps, room, keyIn(head), id);
}

/** What is under way under a key, if it is this one and counts still. Throws `linkOver`, and `storeUnsettled` where nobody can tell yet. */
export async function under(
  deps: Pick<Deps, 'store'>,
  room: Pick<PageRoom, 'ceremonies'>,
  key: string,
  id?: string,
): Promise<Ticketed> {
  const ceremony = await room.ceremonies.read(key);
  const now = await deps.store.now();
  // Whoever was only away, or has just started, is shown the last commit: that settles it.
  const { at, epoch = 0, wentBack, isUnsettled } = now.wentBack ? await deps.store.write() : now;
  if (isUnsettled) throw new JitError('storeUnsettled');
  const isSame = id === undefined || (ceremony !== undefined && isEqual(ceremony.id, id));
  if (!ceremony || !isSame || wentBack || ceremony.epoch !== epoch || at >= ceremony.until)
    throw new JitError('linkOver');
  return { key, ceremony };
}

/** The same, undefined where it is over. Throws what keeps anybody from knowing: that is no end. */
export async function underway(
  deps: Pick<Deps, 'store'>,
  room: Pick<PageRoom, 'ceremonies'>,
  key: string,
): Promise<Ticketed | undefined> {
  try {
    return await under(deps, room, key);
  } catch (error) {
    if (error instanceof JitError && error.code === 'linkOver') return undefined;
    throw error;
  }
}

/** What a browser goes on with: `begun` of the ceremony, once the step is taken. */
export function begunIn(deps: Pick<Deps, 'random'>, key: string, browser: string): BegunCeremony {
  return {
    browser: printOf(browser),
    state: `${Buffer.from(key).toString('base64url')}.${unguessable(deps)}`,
    nonce: unguessable(deps),
    verifier: unguessable(deps),
  };
}

/**
 * The sign-in came back with this state, in this browser: it is used up, whatever comes of it. Throws `linkOver`, `otherBrowser`.
 */
export async function backIn(
  deps: TicketDeps,
  room: PageRoom,
  state: string,
  browser: string | undefined,
): Promise<Ticketed & { readonly begun: BegunCeremony }> {
  const held = await under(deps, room, keyIn(state));
  const { begun, isBack } = held.ceremony;
  if (!begun || !isEqual(begun.state, state)) throw new JitError('linkOver');
  mustBeIn(begun, browser);
  if (isBack) throw new JitError('linkOver');
  const next: Ceremony = { ...held.ceremony, isBack: true };
  await step(room, held, next);
  return { key: held.key, ceremony: next, begun };
}

/** Throws `otherBrowser` for every browser but the one that it was begun in. */
export function mustBeIn(begun: BegunCeremony | undefined, browser: string | undefined): void {
  if (!begun || browser === undefined || !isEqual(begun.browser, printOf(browser))) throw new JitError('otherBrowser');
}

/** Takes a step that nobody else took. Throws `linkOver` when somebody was faster. */
export async function step({ ceremonies }: PageRoom, { key, ceremony }: Ticketed, next: Ceremony): Promise<void> {
  if (!(await ceremonies.advance(key, ceremony, next))) throw new JitError('linkOver');
}

/** The ticket's link again, for the browser that has been there. */
export function ticketOf({ seals }: PageRoom, { key, ceremony }: Ticketed): string {
  const head = `${Buffer.from(key).toString('base64url')}.${ceremony.id}`;
  return `${head}.${seals.sign(head)}`;
}

export function isEqual(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

function keyIn(text: string): string {
  return Buffer.from(text.split('.')[0] ?? '', 'base64url').toString('utf8');
}

function unguessable({ random }: Pick<Deps, 'random'>): string {
  return Buffer.from(random(BYTES)).toString('base64url');
}

function printOf(browser: string): string {
  return digest(browser).toString('base64url');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

import { createHash } from 'node:crypto';
import { JitError } from '../../core/errors/errors.ts';
import { MINUTE_MS } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import type { Ceremony } from '../../core/people/ceremony.ts';
import { isMeant, type Person } from '../../core/people/person.ts';
import { readingRight } from '../../core/policy/readers.ts';
import type { Board, NewSession } from '../../ports/board.ts';
import type { BoardRows } from '../../ports/board-rows.ts';
import type { PageRoom } from '../../ports/browser-room.ts';
import type { Deps } from '../deps.ts';
import { BOARD_FRESH, BOARD_STEP } from '../people/board-step.ts';
import { stepsOf } from '../people/steps.ts';
import { beginTicket, heldBy, mustBeIn, newCeremony, type Ticketed, underway } from '../people/tickets.ts';
import { type Boards, deskOf } from './desk.ts';
import { Exposures } from './exposures.ts';
import { BOARD_LINK } from './link.ts';
import { MachineBoard } from './machines.ts';
import { Projection } from './projection.ts';
import { ReadingLog } from './reading.ts';
import type { Seat } from './seat.ts';
import { onceSettled, PATIENCE, type Patience } from './settled.ts';

/** A session of a link from chat: it only reads. */
const LINK_SESSION_MS = 30 * MINUTE_MS;
const SESSION_BYTES = 32;
/** As long as a link from chat to approve with a fresh sign-in. */
const FRESH_MS = 10 * MINUTE_MS;
/** A page of the board, and no other address: the ids of a few filters are long, as Azure’s are. */
const BOARD_PATH = /^\/board(?:\/[a-z0-9-]{1,40}){0,2}(?:\?[\w.~%=&:+*-]{0,2000})?$/;

interface BoardOptions {
  readonly room: PageRoom;
  readonly rows: BoardRows;
  readonly sessionMs: number;
  readonly patience?: Patience;
}

/**
 * Who gets to the board. A session is a ceremony like others: sealed, over at its time, and void once the store went back. Whoever it
 * is of is looked up at each question: nobody who was disabled goes on.
 */
export function boardOf(deps: Deps, { room, rows, sessionMs, patience = PATIENCE }: BoardOptions): Board {
  const boards: Boards = {
    rows,
    projection: new Projection(rows, deps),
    machines: new MachineBoard(deps),
    reading: new ReadingLog(deps),
    exposures: new Exposures(),
  };
  const browser = () => {
    if (!deps.browser) throw new JitError('boardNoSignIn');
    return deps.browser;
  };
  return {
    now: async () => (await deps.store.now()).at,
    hasSignIn: deps.browser !== undefined,
    async show(ticket) {
      const { ceremony } = await onceSettled(() => linkHeld(deps, room, ticket), patience);
      const person = await known(deps, ceremony);
      return {
        title: say`The board`,
        says: [say`The link came to you in chat, and works once. If somebody else sent it to you, close this page.`],
        facts: [[say`You are`, [person.name]]],
        button: say`Open the board`,
      };
    },
    async open(ticket) {
      const held = await onceSettled(() => linkHeld(deps, room, ticket), patience);
      await known(deps, held.ceremony);
      if (!(await room.ceremonies.end(held.key, held.ceremony))) throw new JitError('linkOver');
      return beginSession(deps, room, held.ceremony, { forMs: LINK_SESSION_MS, isFresh: false });
    },
    async signIn(print, path, isFresh) {
      const key = `${isFresh ? BOARD_FRESH : BOARD_STEP}${Buffer.from(deps.random(12)).toString('hex')}`;
      const asked = BOARD_PATH.test(path) ? path : '/board';
      const ticket = await beginTicket(deps, browser(), key, { chat: 'teams', account: '', asked });
      return stepsOf(deps, browser()).begin(ticket, print);
    },
    async enter(ticket, print) {
      const held = await onceSettled(() => heldBy(deps, browser(), ticket), patience);
      const { by, asked = '/board' } = held.ceremony;
      const isFresh = held.key.startsWith(BOARD_FRESH);
      if (!by || !(isFresh || held.key.startsWith(BOARD_STEP))) throw new JitError('linkOver');
      mustBeIn(held.ceremony.begun, print);
      if (!(await room.ceremonies.end(held.key, held.ceremony))) throw new JitError('linkOver');
      const of = { ...held.ceremony, account: by.entra, by };
      return { ...(await beginSession(deps, room, of, { forMs: sessionMs, isFresh })), path: asked };
    },
    async desk(session) {
      const seat = await onceSettled(() => seatOf(deps, room, session), patience);
      return seat && deskOf(deps, boards, seat);
    },
    async leave(session) {
      const held = await onceSettled(() => underway(deps, room, keyOf(session)), patience);
      if (held) await room.ceremonies.end(held.key, held.ceremony);
    },
  };
}

async function linkHeld(deps: Deps, room: PageRoom, ticket: string): Promise<Ticketed> {
  const held = await heldBy(deps, room, ticket);
  if (!held.key.startsWith(BOARD_LINK)) throw new JitError('linkOver');
  return held;
}

async function beginSession(
  deps: Deps,
  room: PageRoom,
  of: Ceremony,
  { forMs, isFresh }: { readonly forMs: number; readonly isFresh: boolean },
): Promise<NewSession> {
  const session = Buffer.from(deps.random(SESSION_BYTES)).toString('base64url');
  const { chat, account, by } = of;
  const fresh = await newCeremony(deps, { chat, account });
  const { at } = await deps.store.now();
  await room.ceremonies.begin(keyOf(session), {
    ...fresh,
    until: at + forMs,
    ...(by ? { by } : {}),
    ...(isFresh ? { freshUntil: at + FRESH_MS } : {}),
  });
  return { session, forMs };
}

/** What the store knows of a session: not what the browser keeps. */
function keyOf(session: string): string {
  return `board-session ${createHash('sha256').update(session).digest('base64url')}`;
}

/** Undefined where the session is over; whoever may do nothing any more has none. */
async function seatOf(deps: Deps, room: PageRoom, session: string): Promise<Seat | undefined> {
  const held = await underway(deps, room, keyOf(session));
  if (!held) return undefined;
  const { chat, account, until, by, freshUntil = 0 } = held.ceremony;
  const person = await deps.directory.person(chat, account, 'lately');
  if (!person || person.disabled) {
    await room.ceremonies.end(held.key, held.ceremony);
    return undefined;
  }
  const right = readingRight(person, deps.rules);
  return {
    ...{ person, right, chat, account, freshUntil },
    session: createHash('sha256').update(held.key).digest('base64url').slice(0, 16),
    viewer: {
      ...{ id: person.id, name: person.name, until },
      reads: right.isAll ? 'everything' : right.policies.size > 0 ? 'some' : 'own',
      mayAct: by !== undefined,
      mayProtect: by !== undefined && isMeant(person, deps.rules.protectors),
    },
  };
}

/** Throws `linkOver` for whoever may do nothing any more. */
async function known(deps: Deps, { chat, account }: Ceremony): Promise<Person> {
  const person = await deps.directory.person(chat, account, 'lately');
  if (!person || person.disabled) throw new JitError('linkOver');
  return person;
}

import { JitError } from '../../core/errors/errors.ts';
import { MINUTE_MS } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import { type Line, tidy } from '../../core/language/text.ts';
import type { Person } from '../../core/people/person.ts';
import { parseSource, sourceText } from '../../core/rule/source.ts';
import type { PageRoom } from '../../ports/browser-room.ts';
import type { Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { confirmedKey } from '../request/confirmed.ts';
import { beginTicket, newCeremony, underway } from './tickets.ts';

/** How long an address counts once it was confirmed in chat: for the request that it was looked up for, and no longer. */
const CONFIRMED_MS = 30 * MINUTE_MS;

/** Throws `addressNotSet` where no page is served. */
export function addressRoom({ pages }: Pick<Deps, 'pages'>): PageRoom {
  if (!pages) throw new JitError('addressNotSet');
  return pages;
}

export function addressKey({ id }: Pick<Person, 'id'>): string {
  return `address ${id}`;
}

/** A link to the page that sees where its browser comes from. The one before it is void. */
export async function addressLink(deps: Deps, person: Person, sender: Sender, asked?: string): Promise<string> {
  const room = addressRoom(deps);
  const of = { chat: sender.chat, account: sender.user, ...(asked === undefined ? {} : { asked }) };
  return `${room.url}/address/${await beginTicket(deps, room, addressKey(person), of)}`;
}

/** `/jit address`: the link, for whoever types it alone. */
export async function beginAddress(
  deps: Deps,
  person: Person,
  sender: Sender,
  asked?: string,
): Promise<readonly Line[]> {
  const link = await addressLink(deps, person, sender, asked);
  return [
    [
      say`To use the address of the browser that you connect from: ${{ link, name: 'show my address' }}. The link is for you alone, and good for ten minutes. You are asked here before the address is used.`,
    ],
  ];
}

/**
 * `/jit address 203.0.113.7`: what a page has seen is theirs, says the person, for half an hour. The link is void from here on. Gives
 * the source, and the command that lacked one. Throws `addressUnseen`.
 */
export async function confirmAddress(
  deps: Deps,
  person: Person,
  typed: string,
): Promise<{ readonly source: string; readonly asked?: string }> {
  const room = addressRoom(deps);
  const held = await underway(deps, room, addressKey(person));
  const source = parseSource(typed);
  if (!held || source === undefined || !held.ceremony.seen?.includes(source))
    throw new JitError('addressUnseen', { address: source === undefined ? tidy(typed, 60) : sourceText(source) });
  const { chat, account, asked } = held.ceremony;
  if (!(await room.ceremonies.end(held.key, held.ceremony))) throw new JitError('linkOver');
  const made = await newCeremony(deps, { chat, account });
  const { at } = await deps.store.now();
  await room.ceremonies.begin(confirmedKey(person), { ...made, until: at + CONFIRMED_MS, seen: [source] });
  return { source, ...(asked === undefined ? {} : { asked }) };
}

/** The address that somebody confirmed lately; undefined where there is none. */
export async function confirmedAddress(deps: Deps, person: Person): Promise<string | undefined> {
  const held = deps.pages && (await underway(deps, deps.pages, confirmedKey(person)));
  return held?.ceremony.seen?.[0];
}

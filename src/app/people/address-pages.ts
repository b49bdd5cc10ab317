import { JitError } from '../../core/errors/errors.ts';
import { commas, say } from '../../core/language/say.ts';
import { familyText, NETWORK_WORDS, networkKind, networksOf } from '../../core/rule/network.ts';
import { familyOf, sourceText } from '../../core/rule/source.ts';
import type { Report, Row } from '../../core/view/report.ts';
import { publishedWords } from '../../core/view/whose.ts';
import type { AddressPage, AddressPages } from '../../ports/address-pages.ts';
import type { PageRoom } from '../../ports/browser-room.ts';
import type { Deps } from '../deps.ts';
import { tellPlaces } from '../protect/news.ts';
import { heldBy, step, type Ticketed } from './tickets.ts';

const CHATS = { slack: 'Slack', teams: 'Teams' } as const;

/**
 * The page behind `/jit address`. GET shows, POST keeps, and neither gives anybody anything: the person who was sent the link has to
 * confirm the address in chat.
 */
export function addressPages(deps: Deps, room: PageRoom): AddressPages {
  return {
    async show(ticket, seenIn) {
      const { seen, ...held } = await openFor(deps, room, ticket, seenIn);
      const { ceremony } = held;
      return {
        title: say`Where you connect from`,
        says: [
          say`Is this the browser that you connect from? If somebody else sent you this link, close this page.`,
          say`The button sends the address to ${CHATS[ceremony.chat]}, where you are asked whether to use it.`,
        ],
        facts: await factsOf(deps, seen),
        button: say`Use this address`,
        ...otherOf(room, ticket, seen),
      };
    },
    async keep(ticket, seenIn) {
      const { seen, ...held } = await openFor(deps, room, ticket, seenIn);
      const all = [...(held.ceremony.seen ?? []), seen];
      await step(room, held, { ...held.ceremony, seen: all });
      const { chat, account: id } = held.ceremony;
      const told = await tellPlaces(deps, await question(deps, all), [{ chat, kind: 'private', id }]);
      return {
        title: say`Go back to ${CHATS[chat]}`,
        says: [
          told > 0
            ? say`You are asked there whether to use this address. Nothing is opened before you say so.`
            : say`Type the command below in ${CHATS[chat]}. Nothing is opened before you do.`,
        ],
        facts: await factsOf(deps, seen),
        ...(told > 0 ? {} : { code: `/jit address ${sourceText(seen)}` }),
        ...otherOf(room, ticket, ...all),
      };
    },
  };
}

/** A ticket that no address of this family was kept for. */
async function openFor(
  deps: Deps,
  room: PageRoom,
  ticket: string,
  seenIn: () => string,
): Promise<Ticketed & { readonly seen: string }> {
  const held = await heldBy(deps, room, ticket);
  const seen = seenIn();
  const isTaken = held.ceremony.seen?.some((one) => familyOf(one) === familyOf(seen));
  if (!held.key.startsWith('address ') || isTaken) throw new JitError('linkOver');
  return { ...held, seen };
}

async function factsOf({ rules, published }: Deps, seen: string): Promise<AddressPage['facts']> {
  const kind = networkKind(seen);
  const [network] = networksOf(seen, rules.sources);
  const known = publishedWords((await published?.of(seen)) ?? {});
  return [
    [say`Your address (${familyText(seen)})`, [sourceText(seen)]],
    ...(network === undefined ? [] : [[say`Network`, [network]] as const]),
    ...(known.length === 0 ? [] : [[say`Operator`, known] as const]),
    ...(kind === undefined ? [] : [[say`What it is`, [NETWORK_WORDS[kind]]] as const]),
  ];
}

/** Where the page is reached over the family that was not seen yet. */
function otherOf({ over = {} }: PageRoom, ticket: string, ...seen: readonly string[]): Pick<AddressPage, 'other'> {
  const has = (family: string) => seen.some((one) => familyOf(one) === family);
  const other = has('ipv4') ? 'ipv6' : 'ipv4';
  const url = over[other];
  if (has(other) || url === undefined) return {};
  const name = other === 'ipv4' ? 'IPv4' : 'IPv6';
  return { other: { url: `${url}/address/${ticket}`, says: say`Show my ${name} address as well` } };
}

/** One button for each address: what it types says which one is meant. */
async function question({ rules, published }: Deps, seen: readonly string[]): Promise<Report> {
  const all = await Promise.all(seen.map(async (source) => [source, (await published?.of(source)) ?? {}] as const));
  const rows = all.map(([source, known]): Row => {
    const text = sourceText(source);
    const kind = networkKind(source);
    const [network] = networksOf(source, rules.sources);
    const about = [
      ...(network === undefined ? [] : [say`in ${network}`]),
      ...publishedWords(known),
      ...(kind ? [NETWORK_WORDS[kind]] : []),
    ];
    const from = commas([text, ...about]);
    return {
      line: [say`Your browser came from ${from}. Use it only if you opened the page yourself.`],
      button: { label: say`Use ${text}`, command: `address ${text}` },
    };
  });
  return { title: 'Is this where you connect from?', sections: [{ heading: '', rows }] };
}

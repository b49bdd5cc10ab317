import { commas, say } from '../language/say.ts';
import type { Phrase } from '../language/text.ts';
import type { Request } from '../request/request.ts';
import type { Published } from '../request/whose.ts';
import { NETWORK_WORDS, networkKind, reservedFor } from '../rule/network.ts';
import { familyOf, isAny, isGroup, prefixLength } from '../rule/source.ts';
import { fromText } from './words.ts';

type Asked = Pick<Request, 'source' | 'bastion' | 'whose'>;

/** The source, with what a decision should know of it at once behind it: `203.0.113.7 (in office)`, `10.1.2.3 (private)`. */
export function fromWhose(request: Asked & Pick<Request, 'sourceName'>): Phrase {
  const brief = whoseBrief(request);
  return brief === '' ? fromText(request) : say`${fromText(request)}${brief}`;
}

function whoseBrief(request: Asked & Pick<Request, 'sourceName'>): Phrase {
  // A name says it.
  if (request.sourceName !== undefined || !isPlain(request)) return '';
  const [network] = knownOf(request)?.networks ?? [];
  if (network !== undefined) return say` (in ${network})`;
  const published = publishedText(knownOf(request)?.published ?? {});
  if (published !== '') return say` (${published})`;
  const kind = networkKind(request.source);
  if (kind === 'private') return say` (private)`;
  return kind === 'carrier-grade' ? say` (carrier-grade)` : '';
}

/** All that is known of whose it is; empty where nothing is. */
export function whoseText(request: Asked): Phrase {
  if (!isPlain(request)) return '';
  const { own, networks = [], published = {} } = knownOf(request) ?? {};
  const kind = networkKind(request.source);
  const reserved = reservedFor(request.source);
  const all = [
    ...(own === undefined ? [] : [OWN[own]]),
    ...networks.map((name) => say`in ${name}`),
    ...publishedWords(published),
    ...(kind === undefined ? [] : [NETWORK_WORDS[kind]]),
    ...(reserved === undefined ? [] : [say`reserved for ${reserved}: nobody comes from there over the Internet`]),
    ...(isOne(request.source) ? [] : [say`a network, not one address`]),
  ];
  return all.length === 0 ? '' : say`${commas(all)}`;
}

/** `Example Telecom, DE`: short enough to stand behind an address; empty where nothing is known. */
export function publishedText({ network, country }: Published): string {
  return [network, country].filter((one) => one !== undefined).join(', ');
}

/** The same with the number of the network, as what it is: what a database says. */
export function publishedWords({ network, asn, country }: Published): readonly Phrase[] {
  const number = asn === undefined ? undefined : `AS${asn}`;
  const operator = network === undefined ? number : number === undefined ? network : `${network} (${number})`;
  const all = [operator, country].filter((one) => one !== undefined).join(', ');
  return all === '' ? [] : [say`${all} by the databases of addresses`];
}

const OWN = {
  confirmed: say`the requester’s own: seen by a page, and confirmed by them in chat`,
  recorded: say`the requester’s address in the directory`,
  used: say`opened for the requester before`,
} as const;

/** Of a group, a Bastion, and anywhere, their own words say what they are. */
function isPlain({ source, bastion }: Asked): boolean {
  return bastion === undefined && !isGroup(source) && !isAny(source);
}

function knownOf({ source, whose }: Asked): Request['whose'] {
  return whose?.source === source ? whose : undefined;
}

function isOne(source: string): boolean {
  return prefixLength(source) === (familyOf(source) === 'ipv4' ? 32 : 128);
}

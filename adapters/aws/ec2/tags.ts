import type { Tag } from '@aws-sdk/client-ec2';
import type { Instant } from '../../../src/core/language/instant.ts';
import { parsePort, portText } from '../../../src/core/rule/port.ts';
import type { Opening, ProtectedPort, Protection } from '../../../src/ports/cloud.ts';
import { canonicalCidr } from './cidr.ts';

/** What our groups and rules are tagged with. */
export const TAG = {
  installation: 'drawbridge:installation',
  machine: 'drawbridge:machine',
  protection: 'drawbridge:protection',
  mark: 'drawbridge:mark',
  until: 'drawbridge:until',
  request: 'drawbridge:request',
  requester: 'drawbridge:requester',
  approver: 'drawbridge:approver',
  /** On what was written in place of rules that were closed: the undo record that tells how it was. */
  undo: 'drawbridge:undo',
  copyOf: 'drawbridge:copy-of',
} as const;

/** EC2 user guide, "Tag restrictions". */
const LONGEST_VALUE = 256;

/** A list of tags as EC2 gives it, by key. */
export function tagsOf(tags: readonly Tag[] | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
}

export function tagList(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value: Value.slice(0, LONGEST_VALUE) }));
}

/** The tags of a rule: the mark, which counts, and the rest for whoever looks in the console. */
export function ruleTags({ placement, until, note }: Opening, mark: string): Tag[] {
  const all = [note, ...(note.others ?? [])];
  return tagList({
    [TAG.mark]: mark,
    [TAG.until]: isoOf(until),
    [TAG.machine]: placement.rule.machine,
    [TAG.request]: listOf(all.map(({ request }) => request)),
    [TAG.requester]: listOf(all.map(({ requester }) => requester)),
    [TAG.approver]: note.approver,
  });
}

/** Each once, whole, as many as there is room for. */
function listOf(words: readonly string[]): string {
  return [...new Set(words)].reduce((text, word) => {
    const more = text === '' ? word : `${text} ${word}`;
    return more.length <= LONGEST_VALUE ? more : text;
  }, '');
}

/** The requests that a rule's tags name; undefined where they name none. */
export function requestsIn(tags: readonly Tag[] | undefined): readonly string[] | undefined {
  const ids = (tagsOf(tags)[TAG.request] ?? '').split(' ').filter((id) => id !== '');
  return ids.length > 0 ? ids : undefined;
}

/** `2026-11-05T14:00:00.000Z` */
export function isoOf(at: Instant): string {
  return new Date(at).toISOString();
}

/** `22=86400s 53/udp=3600s@203.0.113.0/24@2001:db8::/32`; undefined when it is too long for a tag. */
export function protectionText(protection: Protection): string | undefined {
  const text = wholeText(protection);
  return text.length <= LONGEST_VALUE ? text : undefined;
}

/** How many ports it is, how many characters that takes, and how many a tag holds. */
export function tooLong(protection: Protection): Readonly<Record<'count' | 'length' | 'most', number>> {
  return { count: protection.ports.length, length: wholeText(protection).length, most: LONGEST_VALUE };
}

function wholeText({ ports }: Protection): string {
  return ports
    .map(({ port, sources, longestMs }) => [`${portText(port)}=${Math.floor(longestMs / 1000)}s`, ...sources].join('@'))
    .join(' ');
}

/** `ended 2026-11-05T14:00:00.000Z`: in place of a protection, so that whoever comes by may delete the group. */
export function endedText(at: Instant): string {
  return `ended ${isoOf(at)}`;
}

/** Reads it back; undefined for anything else. */
export function parseEnded(text: string): Instant | undefined {
  const [, iso] = /^ended (\d{4}-\d\d-\d\dT[\d:.]+Z)$/.exec(text) ?? [];
  const at = Date.parse(iso ?? '');
  return Number.isNaN(at) ? undefined : at;
}

/** Reads it back; undefined when any part cannot be read: then nothing counts as protected. */
export function parseProtection(text: string): Protection | undefined {
  const ports = text
    .split(' ')
    .filter((word) => word !== '')
    .map(parseProtectedPort);
  return ports.length > 0 && ports.every((port) => port !== undefined) ? { ports } : undefined;
}

function parseProtectedPort(word: string): ProtectedPort | undefined {
  const [, name, seconds, from] = /^([\d/a-z]+)=(\d{1,9})s((?:@[\da-f.:/]+)*)$/.exec(word) ?? [];
  const [port] = parsePort(name ?? '') ?? [];
  const sources = (from ?? '').split('@').slice(1).map(canonicalCidr);
  if (!port || seconds === undefined || sources.some((source) => source === undefined)) return undefined;
  return { port, sources: sources.filter((source) => source !== undefined), longestMs: Number(seconds) * 1000 };
}

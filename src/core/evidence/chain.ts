import { hash as digest } from 'node:crypto';
import type { Placed } from './entry.ts';

/** Where a chain stands: the record that it ends with, and what all up to it lead to. */
export interface ChainEnd {
  /** How many records there are: 0 where it has not begun. */
  readonly index: number;
  readonly head: string;
  readonly epoch: number;
  readonly sequence: number;
}

/** A record with its place in the chain. */
export interface Link extends Placed {
  readonly index: number;
  readonly head: string;
}

/** Before the first record. */
export const BEGINNING: ChainEnd = { index: 0, head: 'A'.repeat(43), epoch: 0, sequence: 0 };

/** What a chain leads to with one record more: SHA-256, in base64url, of the text that docs/audit.md shows. */
export function headAfter(head: string, { epoch, sequence, at, hash }: Omit<Placed, 'record' | 'people'>): string {
  return digest('sha256', `${head}\n${epoch}-${sequence}\n${at}\n${hash}`, 'base64url');
}

/**
 * In the place of a head that nobody can tell any more: records before it were deleted in the store after they were signed, and the head with
 * them. As long as one, and none.
 */
export const NO_HEAD = '-'.repeat(43);

/** Does what ends there go on with these records? Undefined where nothing tells. */
export function isSameChain(end: ChainEnd, from: ChainEnd, links: readonly Link[]): boolean | undefined {
  const same = [from, ...links].find(({ index }) => index === end.index);
  return same === undefined || [same.head, end.head].includes(NO_HEAD) ? undefined : same.head === end.head;
}

/** Puts records behind the end of a chain, in their order. */
export function chained(end: ChainEnd, records: readonly Placed[]): readonly Link[] {
  const links: Link[] = [];
  let { index, head } = end;
  for (const record of records) {
    index += 1;
    head = headAfter(head, record);
    links.push({ ...record, index, head });
  }
  return links;
}

/**
 * What is left of a batch behind what is there already: each leads on from that, up to a gap. Where that does not lead to what was signed, one
 * of them was changed, and nobody can tell which: they stay as they are.
 */
export function goingOn(end: ChainEnd, links: readonly Link[]): readonly Link[] {
  let before: Pick<ChainEnd, 'index' | 'head'> = end;
  let isSame = true;
  const next = links.map((link) => {
    const isKnown = link.index === before.index + 1 && before.head !== NO_HEAD;
    const head = isKnown ? headAfter(before.head, link) : link.head;
    if (link.head !== NO_HEAD) isSame &&= head === link.head;
    before = link.head === NO_HEAD ? { ...link, head } : link;
    return { ...link, head: before.head };
  });
  return isSame ? next : links;
}

/** How many records the store lost in front of this one, as its sequence tells; of another epoch nobody knows what the one before had. */
export function lostBefore(
  end: Pick<ChainEnd, 'epoch' | 'sequence'>,
  next: Pick<Placed, 'epoch' | 'sequence'>,
): number {
  return Math.max(0, next.sequence - 1 - (next.epoch === end.epoch ? end.sequence : 0));
}

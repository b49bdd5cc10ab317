import { hash as digest } from 'node:crypto';
import { type Link, NO_HEAD } from './chain.ts';
import { isPlace } from './entry.ts';

/** A line of an audit file. The record stands in it as it was written, so that its hash can be made from the bytes of the line. */
export function lineOf({ index, epoch, sequence, at, hash, head, record, people }: Link): string {
  const place = `{"i":${index},"epoch":${epoch},"seq":${sequence},"at":${at},"hash":"${hash}","head":"${head}"`;
  return `${place},"bytes":${Buffer.byteLength(record)},"record":${record},"people":${people}}`;
}

/** A line with a signed head. */
export function noteLine(note: string): string {
  return JSON.stringify({ note });
}

const PLACE =
  /^\{"i":([1-9]\d*),"epoch":(0|[1-9]\d*),"seq":(0|[1-9]\d*),"at":(0|[1-9]\d*),"hash":"([\w-]{43})","head":"([\w-]{43})","bytes":([1-9]\d*),"record":/;
/** Longer than what stands before a record. */
const LONGEST_PLACE = 300;

export interface LineRead extends Link {
  /** Is the record what was hashed? */
  readonly isIntact: boolean;
}

/** A record, or a signed head; undefined for what is neither. */
export function readLine(line: Buffer): LineRead | { readonly note: string } | undefined {
  if (line.length > 8 && line.toString('latin1', 0, 8) === '{"note":') return noteIn(line);
  const place = PLACE.exec(line.toString('latin1', 0, LONGEST_PLACE));
  if (!place) return undefined;
  const [start = '', index, epoch, sequence, at, hash = '', head = '', bytes] = place;
  const end = start.length + Number(bytes);
  const people = line.toString('utf8', end);
  if (!people.startsWith(',"people":') || !people.endsWith('}')) return undefined;
  const record = line.subarray(start.length, end);
  const where = { epoch: Number(epoch), sequence: Number(sequence), at: Number(at) };
  if (!isPlace(where) || !Number.isSafeInteger(Number(index))) return undefined;
  return {
    index: Number(index),
    ...where,
    hash,
    head,
    record: record.toString('utf8'),
    people: people.slice(',"people":'.length, -1),
    isIntact: digest('sha256', record, 'base64url') === hash,
  };
}

/** What is said of a record's place beside its head. */
export function placeText({ epoch, sequence, at, hash }: Pick<Link, 'epoch' | 'sequence' | 'at' | 'hash'>): string {
  return `${epoch}-${sequence} ${at} ${hash}`;
}

/** Is the record of this number, among lines, this one, or one that leads to the same? Undefined where there is none of this number. */
export function isAmong(lines: readonly Buffer[], link: Link): boolean | undefined {
  for (const line of lines) {
    const read = readLine(line);
    if (read && 'head' in read && read.index === link.index)
      return (read.head === link.head && link.head !== NO_HEAD) || placeText(read) === placeText(link);
  }
  return undefined;
}

const [CARRIAGE_RETURN, BYTE_ORDER_MARK] = [13, 'efbbbf'];

/** Why a line is none, as far as it shows. */
export function damageIn(line: Buffer): string {
  if (line.at(-1) === CARRIAGE_RETURN || line.toString('hex', 0, 3) === BYTE_ORDER_MARK)
    return 'is no line of the audit as it was written: on its way the file was taken for a text, and its line ends or its beginning were changed. Copy it again, byte by byte';
  return 'is no line of the audit: it was changed, or cut short';
}

/** Letter for letter as it is written: nothing stands around it that nobody looks at. */
function noteIn(line: Buffer): { readonly note: string } | undefined {
  try {
    const text = line.toString('utf8');
    const { note } = JSON.parse(text) as { readonly note?: unknown };
    return typeof note === 'string' && noteLine(note) === text ? { note } : undefined;
  } catch {
    return undefined;
  }
}

import type { ZodError } from 'zod';
import { placeKey } from '../core/people/place.ts';
import type { Request } from '../core/request/request.ts';
import type { Strays } from '../core/request/stray.ts';
import type { Sealer } from '../core/rule/seal.ts';
import type { Log } from '../ports/log.ts';
import type { Card } from '../ports/store.ts';
import { cardLine, cardSchema, requestSchema, straysSchema } from './schema.ts';

/** A record as Redis keeps it: the version, which scripts read, a blank, and the request as JSON, with its seal as the last field. */
export function encodeRequest(request: Request, seals?: Sealer): string {
  const json = JSON.stringify(request);
  return `${request.version} ${seals ? `${json.slice(0, -1)},"seal":"${seals.sign(json)}"}` : json}`;
}

const SEAL = /,"seal":"([^"\\]*)"\}$/;

/** Is it as this installation wrote it? A version that knows of no seals writes the old one again, which then fits no more. */
function isSealed(json: string, seals: Sealer): boolean {
  const [end = '', seal = ''] = SEAL.exec(json) ?? [];
  return seals.verify(`${json.slice(0, -end.length)}}`, seal);
}

/**
 * Reads a record back. One that cannot be read (damaged, or written by a version that we do not know) gives its faults:
 *
 * - It opens nothing, since for every use case there is no such request. Its own commits fail as `unknownRequest`.
 * - Others on its machine are handled as ever. It stays in the indexes with its time, for a version that can read it: its machine
 *   is due again soon, for whoever takes it then.
 * - A rule that it opened is closed by the patrol: it finds no request for it, and so goes by the end in the rule's mark.
 *
 * One that this installation did not seal says so (`isUnsealed`), in all its versions to come.
 */
export function decodeRequest(
  id: string,
  record: string,
  seals?: Sealer,
): { readonly request?: Request; readonly faults?: readonly string[] } {
  const blank = record.indexOf(' ');
  const json = record.slice(blank + 1);
  const read = requestSchema.safeParse(unsealed(parse(json)));
  if (read.success && read.data.id === id && String(read.data.version) === record.slice(0, blank))
    return { request: seals && !isSealed(json, seals) ? { ...read.data, isUnsealed: true } : read.data };
  return { faults: faultsOf(read.error) };
}

/** A card as Redis keeps it: a line of JSON, and how that line begins for every card of the same place. */
export function encodeCard({ place, ...card }: Card): { readonly begins: string; readonly line: string } {
  const begins = `[${JSON.stringify(placeKey(place))},`;
  return { begins, line: `${begins}${JSON.stringify(card)}]` };
}

/** Reads the cards of a request back. A place without a readable one gets a new card. */
export function decodeCards(id: string, lines: string, log: Log): readonly Card[] {
  return lines.split('\n').flatMap((line) => {
    const [key, card] = cardLine.safeParse(parse(line)).data ?? [];
    const [, chat, kind, own] = /^([^:]+):([^:]+):(.+)$/s.exec(key ?? '') ?? [];
    const read = cardSchema.safeParse({ ...card, place: { chat, kind, id: own } });
    if (read.success) return [read.data];
    log.error({ request: id, faults: faultsOf(read.error) }, 'a card in Redis cannot be read; a new one is made');
    return [];
  });
}

/** What the last patrol found; undefined, and logged, where it cannot be read: then nobody knows. */
export function decodeStrays(text: string, log: Log): Strays | undefined {
  const read = straysSchema.safeParse(parse(text));
  if (!read.success) log.error({ faults: faultsOf(read.error) }, 'what the patrol found cannot be read from Redis');
  return read.data;
}

function unsealed(record: unknown): unknown {
  if (typeof record !== 'object' || record === null || !('seal' in record)) return record;
  const { seal: _, ...rest } = record;
  return rest;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Paths only: a record holds what people wrote. */
function faultsOf(error: ZodError | undefined): readonly string[] {
  return error?.issues.map((issue) => `${issue.path.join('.') || 'record'}: ${issue.code}`) ?? ['id or version differ'];
}

import type { Request } from '../core/request/request.ts';
import type { Sealer } from '../core/rule/seal.ts';
import type { Log } from '../ports/log.ts';
import { decodeRequest } from './codec.ts';
import type { NewestSeen } from './newest-seen.ts';

/** So many unreadable records are remembered; then they are told anew. */
const MOST_TOLD = 1_000;
/**
 * So many records are remembered as they were read or written, a few kilobytes each: those that are worked on just now. Several
 * batches, of up to 1,000 each, are under way when very many end at once; with fewer, each was forgotten before it was read again.
 */
const MOST_KNOWN = 4_000;

/** How the store stood when what is decoded was asked for. */
interface AskedAt {
  readonly mark: number;
  readonly epoch: number;
  /** It may have gone back: what it has is older then, and nobody wrote it over. */
  readonly isDoubted: boolean;
}

type Decoded = ReturnType<typeof decodeRequest>;
type Decode = (id: string, record: string, asked: AskedAt) => Request | undefined;
/** What was kept of a request: reading that text gives it back. */
export type Wrote = (request: Request, record: string) => void;

export interface Decoding {
  readonly log: Log;
  readonly seen: (request: Request) => void;
  readonly newest: NewestSeen;
  readonly seals?: Sealer;
}

/**
 * Reads records, and shows each to `seen`. What cannot be read is somebody else's: it is left as it is, and the log is told once.
 * So is an older record in place of a newer one: sealed as it is, somebody else put it there, and it counts as theirs.
 */
export function decoding({ log, seen, newest, seals }: Decoding): { readonly decode: Decode; readonly wrote: Wrote } {
  const told = new Set<string>();
  const { readOf, wrote } = remembering((id, record) => decodeRequest(id, record, seals));
  const decode: Decode = (id, record, { mark, epoch, isDoubted }) => {
    const { request: read, faults } = readOf(id, record);
    const isOlder = seals !== undefined && read !== undefined && !isDoubted && newest.isOlder(read, epoch, mark);
    const request: Request | undefined = read && isOlder ? { ...read, isUnsealed: true } : read;
    if (request) seen(request);
    if (seals && request) newest.see(request, epoch);
    const what = `${id} ${record.slice(0, 16)}`;
    if ((request && !request.isUnsealed) || told.has(what)) return request;
    if (told.size >= MOST_TOLD) told.clear();
    told.add(what);
    if (!request) log.error({ request: id, faults }, 'a request in Redis cannot be read; it is left alone');
    else if (isOlder)
      log.error({ request: id, version: request.version }, 'a request in Redis was put back to what it was');
    else log.error({ request: id, status: request.status }, 'a request in Redis is none of ours; it opens nothing');
    return request;
  };
  return { decode, wrote };
}

/**
 * A record is read three times and more between two of its changes, by whoever made it first of all. The same text gives the same
 * request, its seal included, so it is checked once, and not at all where this process wrote it; a single other character is another
 * text.
 */
function remembering(read: (id: string, record: string) => Decoded) {
  const known = new Map<string, { readonly record: string; readonly decoded: Decoded }>();
  const keep = (id: string, record: string, decoded: Decoded) => {
    // The last one used is the last to go.
    known.delete(id);
    known.set(id, { record, decoded });
    const [oldest] = known.keys();
    if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
  };
  const readOf = (id: string, record: string): Decoded => {
    const before = known.get(id);
    const decoded = before?.record === record ? before.decoded : read(id, record);
    keep(id, record, decoded);
    return decoded;
  };
  const wrote: Wrote = (request, record) => keep(request.id, record, { request });
  return { readOf, wrote };
}

import type { Request } from '../core/request/request.ts';
import type { Sealer } from '../core/rule/seal.ts';
import type { Log } from '../ports/log.ts';
import { decodeRequest } from './codec.ts';
import type { NewestSeen } from './newest-seen.ts';

/** So many unreadable records are remembered; then they are told anew. */
const MOST_TOLD = 1_000;

/** How the store stood when what is decoded was asked for. */
interface AskedAt {
  readonly mark: number;
  readonly epoch: number;
  /** It may have gone back: what it has is older then, and nobody wrote it over. */
  readonly isDoubted: boolean;
}

type Decode = (id: string, record: string, asked: AskedAt) => Request | undefined;

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
export function decoding({ log, seen, newest, seals }: Decoding): Decode {
  const told = new Set<string>();
  return (id, record, { mark, epoch, isDoubted }) => {
    const { request: read, faults } = decodeRequest(id, record, seals);
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
}

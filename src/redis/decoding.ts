import type { Request } from '../core/request/request.ts';
import type { Sealer } from '../core/rule/seal.ts';
import type { Log } from '../ports/log.ts';
import { decodeRequest } from './codec.ts';

/** So many unreadable records are remembered; then they are told anew. */
const MOST_TOLD = 1_000;

export type Decode = (id: string, record: string) => Request | undefined;

/** Reads records, and shows each to `seen`. What cannot be read is somebody else's: it is left as it is, and the log is told once. */
export function decoding(log: Log, seen: (request: Request) => void, seals?: Sealer): Decode {
  const told = new Set<string>();
  return (id, record) => {
    const { request, faults } = decodeRequest(id, record, seals);
    if (request) seen(request);
    const what = `${id} ${record.slice(0, 16)}`;
    if ((request && !request.isUnsealed) || told.has(what)) return request;
    if (told.size >= MOST_TOLD) told.clear();
    told.add(what);
    if (!request) log.error({ request: id, faults }, 'a request in Redis cannot be read; it is left alone');
    else log.error({ request: id, status: request.status }, 'a request in Redis is none of ours; it opens nothing');
    return request;
  };
}

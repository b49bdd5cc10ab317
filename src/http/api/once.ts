import { createHash, randomUUID } from 'node:crypto';
import { JitError } from '../../core/errors/errors.ts';
import type { HttpReply } from '../../ports/http.ts';

/** Who said something first, and that it was not said. */
export interface FirstSaid {
  firstSaid(key: string, who: string, ttlMs: number): Promise<string>;
  unsaid(key: string): Promise<void>;
}

/** How long an answer is given again. */
const KEPT_MS = 24 * 3_600_000;
/** Longer than any call takes: a process that died with it leaves it to the next. */
const UNDER_WAY_MS = 120_000;
/** Of what is longer, only that it was done is kept: the call is made again, which does nothing twice. */
const MOST_BYTES = 16_384;

interface Keyed {
  /** Of whoever calls, with the key that they gave. */
  readonly key: string;
  /** What else makes the call: another one with the same key is refused. */
  readonly call: readonly unknown[];
}

/**
 * Makes a call once for each key: sent again within a day, it is answered as it was, and is not made again. What was refused is forgotten,
 * so that it can be tried again. Throws `keyUsed` for another call with the same key, `keyUnderWay` while the first is made.
 */
export async function onceFor(
  kept: FirstSaid,
  { key, call }: Keyed,
  make: () => Promise<HttpReply>,
): Promise<HttpReply> {
  const digest = createHash('sha256').update(JSON.stringify(call)).digest('base64url');
  const name = `api:${createHash('sha256').update(key).digest('base64url')}`;
  const mine = `begun ${digest} ${randomUUID()}`;
  const said = await kept.firstSaid(name, mine, UNDER_WAY_MS);
  if (said !== mine) return before(said, digest);
  try {
    const reply = await make();
    await kept.unsaid(name);
    const { status, body } = reply;
    if (status === 200 && typeof body === 'string' && Buffer.byteLength(body) <= MOST_BYTES)
      await kept.firstSaid(name, `done ${digest} ${body}`, KEPT_MS);
    return reply;
  } catch (error) {
    await kept.unsaid(name);
    throw error;
  }
}

function before(said: string, digest: string): HttpReply {
  const [how, of, ...rest] = said.split(' ');
  if (of !== digest) throw new JitError('keyUsed');
  if (how !== 'done') throw new JitError('keyUnderWay', {}, { retryAfterMs: 1_000 });
  const headers = { 'content-type': 'application/json; charset=utf-8', 'idempotency-replayed': 'true' };
  return { status: 200, headers, body: rest.join(' ') };
}

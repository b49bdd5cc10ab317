import { z } from 'zod';
import { SECOND_MS } from '../../src/core/language/instant.ts';
import type { CallOut } from '../../src/ports/outgoing.ts';
import { refusalOf, unreadable } from './errors.ts';

export interface PlainSchedule {
  readonly kind: 'http';
  readonly url: string;
  readonly token?: string;
}

const SERVICE = 'its host';
const LIMIT_MS = 5 * SECOND_MS;
const MOST_BYTES = 100_000;

const shape = z.object({ onCall: z.array(z.string().min(1).max(200)).max(100) });

/** What a host of the operators answers: `{"onCall": ["ada@example.com"]}`. */
export async function overHttp(
  { url, token }: PlainSchedule,
  { call, signal }: { readonly call: CallOut; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const headers = { accept: 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  const answer = await call({ url, headers, limitMs: LIMIT_MS, mostBytes: MOST_BYTES, signal });
  if (answer.status !== 200) throw refusalOf(SERVICE, answer.status);
  try {
    return shape.parse(JSON.parse(answer.text)).onCall;
  } catch (error) {
    throw unreadable(SERVICE, error);
  }
}

import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Ticket } from '../core/policy/bounds.ts';
import type { HttpReply, Route } from '../ports/http.ts';
import { asJson } from './json.ts';

/** A message counts for so long, and clocks may differ by as much. */
const WINDOW_S = 300;
const MOST_BYTES = 16_000;

const said = z.object({ ticket: z.string().min(1).max(100), state: z.string().max(40) });

interface Hearing {
  /** The secrets of the systems that may say so, by name. */
  readonly secrets: ReadonlyMap<string, () => string>;
  readonly now: () => number;
  /** False where what these bytes say was done before. */
  readonly isNew: (signature: string) => Promise<boolean>;
  /** It is done. A message whose work failed, or was not ended, counts again when it is sent again. */
  readonly done: (signature: string) => Promise<unknown>;
  readonly closed: (ticket: Ticket) => Promise<unknown>;
}

/**
 * `POST /tickets/<system>`: a ticket system says that one was closed, signed with the time: `Drawbridge-Signature: t=<seconds>,v1=<HMAC-SHA256
 * of "<t>.<body>" in hex>`. It can end what hangs on a ticket, and nothing else; it opens nothing.
 */
export function ticketRoute({ secrets, now, isNew, done, closed }: Hearing): Route {
  return {
    method: 'POST',
    path: '/tickets/:system',
    bodyBytes: MOST_BYTES,
    async handle({ params, headers, body }) {
      const system = params.system ?? '';
      const signature = String(headers['drawbridge-signature'] ?? '');
      const secret = secrets.get(system);
      // An unknown system looks like a wrong signature.
      if (!isSigned(signature, body, secret?.() ?? '', now()) || secret === undefined)
        return asJson(401, { error: 'the signature is not right, or too old' });
      const read = said.safeParse(parsed(body));
      if (!read.success) return asJson(400, { error: 'must be {"ticket": "…", "state": "closed"}' });
      const { ticket, state } = read.data;
      if (state === 'closed' && (await isNew(signature))) {
        await closed({ system, id: ticket });
        await done(signature);
      }
      return TAKEN;
    },
  };
}

const TAKEN: HttpReply = { status: 204 };

function isSigned(header: string, body: Buffer, secret: string, now: number): boolean {
  const [, seconds = '', own = ''] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header) ?? [];
  const right = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest();
  const isRight = timingSafeEqual(Buffer.from(own.padEnd(64, '0'), 'hex'), right);
  return isRight && seconds !== '' && Math.abs(now / 1_000 - Number(seconds)) <= WINDOW_S;
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

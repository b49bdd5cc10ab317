import type { CallFault, Code, JitError } from '../../core/errors/errors.ts';
import { type AskField, FIELD_OF } from '../../core/errors/field-of.ts';
import { callSentence } from '../../core/errors/in-call.ts';

/** A call as it was made, as far as it was read. */
export interface CallMade {
  /** `/api/v1/requests/:id` */
  readonly path: string;
  readonly query?: unknown;
  readonly body?: unknown;
}

type Spot = Omit<CallFault, 'detail'>;

const PARTS: Readonly<Record<AskField, string>> = {
  machine: 'machine',
  ports: 'ports',
  duration: 'for',
  source: 'from',
  justification: 'because',
  start: 'at',
};

const SPOTS: Readonly<Partial<Record<Code, Spot>>> = {
  noToken: { in: 'header', field: 'Authorization' },
  tokenRefused: { in: 'header', field: 'Authorization' },
  keyRefused: { in: 'header', field: 'Authorization' },
  keyUsed: { in: 'header', field: 'Idempotency-Key' },
  keyUnderWay: { in: 'header', field: 'Idempotency-Key' },
  missingDenyReason: { in: 'body', field: 'reason' },
  wrongNumber: { in: 'body', field: 'number' },
  noNumberWaits: { in: 'body', field: 'number' },
  changedSinceSeen: { in: 'body', field: 'version' },
};

/** What of a call a refusal is about: each part of it that one of its reasons is about. */
export function spotsOf(error: JitError, call: CallMade): readonly CallFault[] {
  if (error.fields.length > 0) return error.fields;
  return [error, ...error.others].flatMap((one) => {
    const spot = spotOf(one, call);
    return spot === undefined ? [] : [{ ...spot, detail: callSentence(one) }];
  });
}

function spotOf({ code, kind }: JitError, { path, query, body }: CallMade): Spot | undefined {
  const own = SPOTS[code];
  if (own) return own;
  const part = FIELD_OF[code];
  if (part !== undefined || kind === 'invalid') {
    if (has(query, 'words')) return { in: 'query', field: 'words' };
    if (has(body, 'words')) return { in: 'body', field: 'words' };
    if (part !== undefined && has(body, 'machine')) return { in: 'body', field: PARTS[part] };
  }
  return kind === 'notFound' && path.includes(':id') ? { in: 'path', field: 'id' } : undefined;
}

function has(given: unknown, name: string): boolean {
  return typeof given === 'object' && given !== null && name in given;
}

import {
  AccessDeniedException,
  IdentitystoreClient,
  type IdentitystoreClientConfig,
  InternalServerException,
  ResourceNotFoundException,
  ThrottlingException,
} from '@aws-sdk/client-identitystore';
import { JitError } from '../../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import { say } from '../../../src/core/language/say.ts';
import type { Saying } from '../../../src/core/language/text.ts';
import { callWithin, ENDLESS } from '../../../src/kit/time-limit.ts';
import type { CallWatch } from '../../../src/ports/meter.ts';
import { watched } from '../ec2/watch.ts';

/** How errors name this directory. */
export const IDENTITY_CENTER = 'AWS IAM Identity Center';
/** One call. Several follow each other while a person waits. */
const CALL_MS = 5 * SECOND_MS;

/** What does not exist; the store itself is never meant. */
type Gone = 'USER' | 'GROUP';

/** One call within its time. Throws `directoryAway`, `directoryRights`; gives `gone` for a user or group that is not there. */
export type StoreCall = <T extends object>(
  what: string,
  right: string,
  send: (client: IdentitystoreClient, signal: AbortSignal) => Promise<T>,
) => Promise<T | Absent>;

/** There is no such user or group. */
export interface Absent {
  readonly gone: Gone;
  readonly id?: string;
}

export function isAbsent(answer: object): answer is Absent {
  return 'gone' in answer;
}

/** `account`: whose role is assumed, for whoever counts calls. */
export function storeCall(config: IdentitystoreClientConfig, account: string, called?: CallWatch): StoreCall {
  const client = watched(new IdentitystoreClient(config), account, called);
  return async (what, right, send) => {
    try {
      const asError = (error: unknown) => errorOf(error, what, right);
      return await callWithin({ signal: ENDLESS, limitMs: CALL_MS, asError }, (signal) => send(client, signal));
    } catch (error) {
      if (error instanceof NotThere) return error.absent;
      throw error;
    }
  };
}

export function away(why: Saying, extra: { readonly cause?: unknown; readonly retryAfterMs?: number } = {}): JitError {
  return new JitError('directoryAway', { directory: IDENTITY_CENTER, why }, extra);
}

class NotThere extends Error {
  readonly absent: Absent;

  constructor(absent: Absent) {
    super(absent.gone);
    this.absent = absent;
  }
}

/** NB. The error of the SDK holds the response: only its name and what it says go on. */
function errorOf(error: unknown, what: string, right: string): Error {
  if (error instanceof JitError) return error;
  const { name = 'Error', message = '' } = (error ?? {}) as Partial<Error>;
  const cause = new Error(`${name}: ${message}`);
  if (error instanceof ResourceNotFoundException) {
    // A key that cannot be used, and a store that is not there, say nothing of a user.
    const { ResourceType: type, ResourceId: id, Reason: reason } = error;
    if ((type === 'USER' || type === 'GROUP') && reason === undefined)
      return new NotThere({ gone: type, ...(id ? { id } : {}) });
    return away(say`has no such identity store in this Region`, { cause });
  }
  if (error instanceof AccessDeniedException || name === 'AccessDenied')
    return new JitError('directoryRights', { directory: IDENTITY_CENTER, what, right }, { cause });
  const isThrottled = error instanceof ThrottlingException;
  const seconds = isThrottled || error instanceof InternalServerException ? error.RetryAfterSeconds : undefined;
  const extra = { cause, ...(seconds === undefined ? {} : { retryAfterMs: seconds * SECOND_MS }) };
  return away(isThrottled ? say`takes no more calls for now` : say`does not answer`, extra);
}

import type { z } from 'zod';
import { programVersion } from '../../config/version.ts';
import type { Kind } from '../../core/errors/entry.ts';
import { JitError } from '../../core/errors/errors.ts';
import { problem } from '../../http/api/schemas.ts';
import { readSession } from './session.ts';

/** What the server refused, in its words. */
export class ApiRefusal extends Error {
  readonly code: string;
  readonly kind: Kind;
  readonly stepUp: z.output<typeof problem>['stepUp'];

  constructor({ detail, code, kind, stepUp }: z.output<typeof problem>) {
    super(detail);
    this.code = code;
    this.kind = (kind in KINDS ? kind : 'bug') as Kind;
    this.stepUp = stepUp;
  }
}

const KINDS: Readonly<Record<Kind, true>> = {
  ...{ invalid: true, unauthentic: true, denied: true, unjudged: true, notFound: true },
  ...{ conflict: true, busy: true, refused: true, misconfigured: true, bug: true },
};

/** Longer than the slowest answer: a survey of all clouds. */
const LIMIT_MS = 60_000;
const MOST_BYTES = 4_000_000;

/** A Drawbridge, as one person who is signed in there sees it. */
export interface Server {
  readonly url: string;
  get<T>(path: string, answer: z.ZodType<T>): Promise<T>;
  /** `key`: the same for a call that is sent again. */
  post<T>(path: string, body: object, answer: z.ZodType<T>, key?: string): Promise<T>;
}

/** Throws `notLoggedIn`; its calls throw `ApiRefusal` and `serverAway`. */
export function serverFor(wanted: string | undefined): Server {
  const { server, token } = readSession(wanted, Date.now());
  const send = async <T>(path: string, init: RequestInit, answer: z.ZodType<T>) => {
    const headers = { ...init.headers, authorization: `Bearer ${token}` };
    return ask(server, path, { ...init, headers }, answer);
  };
  return {
    url: server,
    get: (path, answer) => send(path, {}, answer),
    post: (path, body, answer, key) =>
      send(
        path,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) },
          body: JSON.stringify(body),
        },
        answer,
      ),
  };
}

/** One call. No redirect is followed: the token goes to this server and to nobody else. */
export async function ask<T>(server: string, path: string, init: RequestInit, answer: z.ZodType<T>): Promise<T> {
  const away = (why: string, cause?: unknown) => new JitError('serverAway', { server, why }, { cause });
  const headers = { accept: 'application/json', 'user-agent': `jit/${programVersion()}`, ...init.headers };
  const response = await fetch(`${server}/api/v1/${path}`, {
    ...{ ...init, headers, redirect: 'error' },
    signal: AbortSignal.timeout(LIMIT_MS),
  }).catch((error: unknown) => {
    throw away(whyOf(error), error);
  });
  const text = await textOf(response);
  const read = text === undefined ? undefined : jsonOf(text);
  if (response.status === 404 && path === 'sign-in') throw new JitError('noApi', { server });
  if (response.headers.get('content-type')?.startsWith('application/problem+json')) {
    const refused = problem.safeParse(read);
    if (refused.success) throw new ApiRefusal(refused.data);
  }
  const { success, data } = answer.safeParse(read);
  if (!response.ok || !success) throw away(`it answers with ${response.status}, which is no answer of Drawbridge`);
  return data;
}

/** Undefined for what is longer than any answer. */
async function textOf(response: Response): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const part of response.body ?? []) {
      text += decoder.decode(part, { stream: true });
      if (text.length > MOST_BYTES) return undefined;
    }
  } catch {
    return undefined;
  }
  return text;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function whyOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'it does not answer in time';
  const { cause } = error as { readonly cause?: unknown };
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return code ?? (cause instanceof Error ? cause.message : 'the connection failed');
}

import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { createSecureContext, rootCertificates } from 'node:tls';
import { badConfig } from '../../../src/core/errors/bad-config.ts';
import { JitError } from '../../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import { say } from '../../../src/core/language/say.ts';
import type { Saying } from '../../../src/core/language/text.ts';
import { callWithin, ENDLESS } from '../../../src/kit/time-limit.ts';
import { credentialOf } from './credential.ts';
import { type EntraSettings, hostsOf } from './settings.ts';

/** How errors name this directory. */
export const ENTRA = 'Microsoft Entra ID';
/** One call. Several follow each other while a person waits. */
const CALL_MS = 5 * SECOND_MS;

export interface Sent {
  readonly url: string;
  /** POSTed where it is there. */
  readonly body?: unknown;
  /** An advanced query: answered by an index that lags, so it decides nothing. */
  readonly eventual?: boolean;
}

export interface Received {
  readonly status: number;
  /** Undefined where it is no JSON object. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
  /** What `Retry-After` says; NaN where it says nothing. */
  readonly retryAfterMs: number;
}

/** One call, once, within its time, without following redirects. Throws `directoryAway` when nothing came back. */
export function wireTo(settings: EntraSettings): (sent: Sent) => Promise<Received> {
  const { graph, authority } = hostsOf(settings);
  const agent = agentWith(settings.caFile);
  const credential = credentialOf({ ...settings, authority }, agent);
  return ({ url, body, eventual }) =>
    callWithin({ signal: ENDLESS, limitMs: CALL_MS, asError: awayOf }, async (abortSignal) => {
      const rest = await import('@azure/core-rest-pipeline');
      const token = await credential.getToken(`${graph}/.default`, { abortSignal });
      const headers = rest.createHttpHeaders({
        accept: 'application/json',
        authorization: `Bearer ${token?.token ?? ''}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(eventual ? { ConsistencyLevel: 'eventual' } : {}),
      });
      const request = rest.createPipelineRequest({
        url,
        method: body === undefined ? 'GET' : 'POST',
        headers,
        abortSignal,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      // NB. Of the options it is not taken.
      request.agent = agent;
      const answer = await rest.createDefaultHttpClient().sendRequest(request);
      const after = Number(answer.headers.get('retry-after') ?? Number.NaN) * SECOND_MS;
      return { status: answer.status, body: objectOf(answer.bodyAsText ?? ''), retryAfterMs: after };
    });
}

/** The error of a call that had no good answer; what is ours already stays. */
export function away(why: Saying, extra: { readonly cause?: unknown; readonly retryAfterMs?: number } = {}): JitError {
  return new JitError('directoryAway', { directory: ENTRA, why }, extra);
}

/** NB. The error of the client holds the request, with its token: only what it says goes on. */
function awayOf(error: unknown): unknown {
  if (error instanceof JitError) return error;
  const { name = 'Error', message = '' } = (error ?? {}) as Partial<Error>;
  return away(say`does not answer`, { cause: new Error(`${name}: ${message}`) });
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null ? (read as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function agentWith(caFile: string | undefined): Agent {
  if (caFile === undefined) return new Agent({ keepAlive: true });
  try {
    const secureContext = createSecureContext({ ca: [...rootCertificates, readFileSync(caFile, 'utf8')] });
    return new Agent({ keepAlive: true, secureContext });
  } catch (cause) {
    throw badConfig([`directory.entra.caFile cannot be read: ${caFile}`], cause);
  }
}

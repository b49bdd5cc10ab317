import type { CallAnswer, CallOutcome } from '../../../src/ports/meter.ts';
import type { GivenAnswer } from './hook.ts';
import { isLock } from './refusals.ts';

/** The resource providers that are called. */
const PROVIDERS = [
  'Microsoft.Authorization',
  'Microsoft.Compute',
  'Microsoft.Insights',
  'Microsoft.Management',
  'Microsoft.Network',
  'Microsoft.ResourceGraph',
  'Microsoft.Resources',
  'Microsoft.Security',
] as const;

/** GUIDs, mostly; nothing longer is kept. */
const SHORT = /^[\w:.-]{1,80}$/;

interface Reply {
  readonly status: number;
  readonly bodyAsText?: string | null;
}

/** The code of a refusal, without reading all of it. */
export function codeIn(body: string | null | undefined): string {
  return /"code"\s*:\s*"(\w+)"/.exec(body ?? '')?.[1] ?? '';
}

/** What a request is called where nothing of its URL may be seen but the provider: `GET Microsoft.Network`. */
export function operationOf(method: string, url: string): string {
  const last = [...url.matchAll(/\/providers\/([^/?]+)/gi)].at(-1)?.[1]?.toLowerCase();
  const provider = PROVIDERS.find((one) => one.toLowerCase() === last);
  return `${method} ${provider ?? 'other'}`;
}

/** By a reply. A 429 may also be another write to the same resource. */
export function outcomeOf({ status, bodyAsText }: Reply): CallOutcome {
  if (status === 429 && !isLock(codeIn(bodyAsText))) return 'throttled';
  if (status >= 500) return 'failed';
  return status >= 400 ? 'refused' : 'done';
}

/** What the activity log calls a call ("Common parameters and headers", Azure REST API), or, without it, the provider itself. */
export function answerOf({ status, headers }: Pick<GivenAnswer, 'status' | 'headers'>): CallAnswer {
  const id = headers.get('x-ms-correlation-request-id') ?? headers.get('x-ms-request-id');
  return { status, ...(id && SHORT.test(id) ? { id } : {}) };
}

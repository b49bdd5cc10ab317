import type { GivenAnswer } from './hook.ts';

/** Resource Manager names each request that it took ("Request headers and response headers": `x-ms-request-id` and its kin). */
const IDS = ['x-ms-request-id', 'x-ms-correlation-request-id', 'x-ms-routing-request-id'];
/** How an operation is going ("Track asynchronous Azure operations"). */
const STATES = ['Succeeded', 'Failed', 'Canceled', 'InProgress', 'Accepted', 'Running', 'Updating', 'Deleting'];

/**
 * Is it Resource Manager that answered? What a proxy or a filter says with 200 has neither the ID of a request nor the shape of
 * an answer, and the SDKs read it as an empty list. A reading that is no JSON object is nobody's.
 */
export function isOwn(method: string, { status, headers, bodyAsText }: GivenAnswer): boolean {
  if (status < 200 || status >= 300) return true;
  const isNamed = IDS.some((name) => headers.get(name));
  const body = objectIn(bodyAsText);
  if (method === 'GET' && status === 200 && !body) return false;
  if (isNamed) return true;
  return body ? isShaped(body) : status !== 200 && !bodyAsText;
}

/** A list, a resource with its ID, or an operation: a filter may answer in JSON too. */
function isShaped({ value, data, id, status }: Readonly<Record<string, unknown>>): boolean {
  const isResource = typeof id === 'string' && /^\/(?:subscriptions|providers|tenants)\//i.test(id);
  return Array.isArray(value) || Array.isArray(data) || isResource || STATES.some((state) => state === status);
}

function objectIn(text: string | null | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const body: unknown = JSON.parse(text ?? '');
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body } : undefined;
  } catch {
    return undefined;
  }
}

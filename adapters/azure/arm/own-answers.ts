import type { GivenAnswer } from './hook.ts';

/** Resource Manager names each request that it took ("Request headers and response headers": `x-ms-request-id` and its kin). */
const IDS = ['x-ms-request-id', 'x-ms-correlation-request-id', 'x-ms-routing-request-id'];
/** What every resource, every list and every operation has one of. */
const SAID = ['id', 'name', 'properties', 'status', 'data'];

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
  return body ? Array.isArray(body.value) || SAID.some((name) => name in body) : status !== 200 && !bodyAsText;
}

function objectIn(text: string | null | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const body: unknown = JSON.parse(text ?? '');
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Words that are compared here, by property, as the SDKs' types write them: Resource Manager ignores case, and answers in
 * whatever case something was once written.
 */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  access: ['Allow', 'Deny', 'AlwaysAllow'],
  direction: ['Inbound', 'Outbound'],
  nextHopType: ['VirtualAppliance', 'VirtualNetworkGateway', 'VnetLocal', 'Internet', 'None'],
  peeringState: ['Connected', 'Disconnected', 'Initiated'],
  provisioningState: ['Succeeded', 'Updating', 'Deleting', 'Failed', 'Creating'],
};
const BY_CASE: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
  Object.entries(WORDS).map(([name, words]) => [name, new Map(words.map((word) => [word.toLowerCase(), word]))]),
);
/** Most answers have nothing of it, and are not read twice. */
const ODD = new RegExp(`\\bnull\\b|"(?:${Object.keys(WORDS).join('|')})"\\s*:\\s*"(?:[a-z]|[A-Z]{2})`);

/**
 * The text of an answer as every reader expects it: what is null is not there, a null among others is none of them, and words
 * are in their usual case. What is no JSON stays as it is.
 */
export function tidied(text: string): string {
  if (!ODD.test(text)) return text;
  try {
    return JSON.stringify(tidy(JSON.parse(text), ''));
  } catch {
    return text;
  }
}

/** A step of the SDKs' pipelines that does so before anybody reads. */
export const tidyAnswers = {
  policy: {
    name: 'drawbridge shapes',
    async sendRequest<Q, R extends { bodyAsText?: string | null }>(request: Q, next: (request: Q) => Promise<R>) {
      const response = await next(request);
      if (response.bodyAsText) response.bodyAsText = tidied(response.bodyAsText);
      return response;
    },
  },
  position: 'perRetry' as const,
};

function tidy(value: unknown, name: string): unknown {
  if (typeof value === 'string') return BY_CASE.get(name)?.get(value.toLowerCase()) ?? value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.filter((item) => item !== null).map((item) => tidy(item, name));
  const entries = Object.entries(value).flatMap(([key, item]) => (item === null ? [] : [[key, tidy(item, key)]]));
  return Object.fromEntries(entries);
}

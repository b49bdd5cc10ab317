/**
 * Where TCP forwarding of Google's Identity-Aware Proxy comes from, whoever uses it ("Using IAP for TCP forwarding", firewall rule).
 * With `gcp`, `iap` stands for it, unless the file gives that name to something else.
 */
export const IAP = { name: 'iap', prefix: '35.235.240.0/20' } as const;

/** The file with the names of sources that need not be written. */
export function withBuiltInSources(value: unknown): unknown {
  if (!isSection(value) || !isSection(value.gcp)) return value;
  const { sources = {} } = value;
  if (!isSection(sources) || Object.hasOwn(sources, IAP.name)) return value;
  return { ...value, sources: { ...sources, [IAP.name]: [IAP.prefix] } };
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

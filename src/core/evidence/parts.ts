import { hash } from 'node:crypto';

/** What became of what a record says of people: which parts are not what was hashed, and how many were taken away. Undefined where it cannot be read. */
export function partsOf(texts: {
  readonly record: string;
  readonly people: string;
}): { readonly changed: readonly string[]; readonly erased: number } | undefined {
  try {
    const { people: wanted = {} } = JSON.parse(texts.record) as { readonly people?: Readonly<Record<string, string>> };
    const parts = Object.entries(JSON.parse(texts.people) as Readonly<Record<string, unknown>>);
    const changed = parts.flatMap(([id, text]) =>
      typeof text === 'string' && hash('sha256', text, 'base64url') === wanted[id] ? [] : [id],
    );
    return { changed, erased: Object.keys(wanted).length - parts.length };
  } catch {
    return undefined;
  }
}

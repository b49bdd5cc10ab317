const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escaped = (text: string): string =>
  /[&<>"]/.test(text) ? text.replace(/[&<>"]/g, (c) => ESCAPES[c] ?? c) : text;

/** An element with a value; nothing when there is no value. */
export function leaf(name: string, value: string | number | boolean | undefined): string {
  return value === undefined ? '' : `<${name}>${typeof value === 'string' ? escaped(value) : value}</${name}>`;
}

/** An element around what is already XML. */
export const node = (name: string, content: string): string => `<${name}>${content}</${name}>`;

/** A list in the way of EC2: each member is an `item`. */
export function items<T>(name: string, members: Iterable<T>, write: (member: T) => string): string {
  let content = '';
  for (const member of members) content += `<item>${write(member)}</item>`;
  return `<${name}>${content}</${name}>`;
}

/** The `tagSet` of a resource. */
export const tagSet = (tags: ReadonlyMap<string, string>): string =>
  items('tagSet', tags, ([key, value]) => leaf('key', key) + leaf('value', value));

/** UTC ms in the way of EC2: `2026-01-31T12:00:00.000Z`. */
export const instant = (ms: number): string => new Date(ms).toISOString();

import { JitError } from '../../core/errors/errors.ts';
import type { HttpRequest } from '../../ports/http.ts';

/** Strings with the colon behind them where they are keys, and what opens and closes. */
const TOKENS = /("(?:[^"\\]|\\.)*")\s*(:?)|[{}[\]]/gs;
const MOST_LETTERS = 80;

/**
 * The JSON of a call. Nothing of it is guessed or dropped: another encoding, bytes that are no UTF-8, and a key that stands twice are refused.
 * Throws `notJson`, `malformedCall`.
 */
export function bodyOf({ headers, body }: Pick<HttpRequest, 'headers' | 'body'>): unknown {
  const type = headers['content-type'];
  if (type === undefined) throw wrong('it has no Content-Type');
  const [kind = '', ...parameters] = type
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  if (kind !== 'application/json') throw wrong('its Content-Type is another');
  const charset = parameters.find((one) => one.startsWith('charset='));
  if (charset !== undefined && !/^charset="?utf-8"?$/.test(charset)) throw wrong('its charset is another');
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw wrong('it is compressed');
  const text = decoded(body);
  const value = parsed(text);
  mustBeWhole(text);
  return value;
}

function wrong(why: string): JitError {
  return new JitError('notJson', { why }, { fields: [{ in: 'header', field: 'Content-Type', detail: why }] });
}

function decoded(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw unreadable('it is no UTF-8');
  }
}

function parsed(text: string): unknown {
  if (text.trim() === '') throw unreadable('it is empty, and has to be an object, `{}` at least');
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable('it is no JSON');
  }
}

function unreadable(why: string): JitError {
  const detail = `the body cannot be read: ${why}`;
  return new JitError('malformedCall', { faults: detail }, { fields: [{ in: 'body', field: '', detail }] });
}

/** Refuses what others would drop or change: a key that an object has twice, and half a character. The text was parsed already. */
function mustBeWhole(text: string): void {
  const open: Set<string>[] = [];
  for (const [token, quoted, colon] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    if (quoted === undefined) continue;
    const value = JSON.parse(quoted) as string;
    if (!value.isWellFormed()) throw unreadable('it has half a character');
    const keys = open.at(-1);
    if (colon !== ':') continue;
    if (keys?.has(value)) throw twice(value.slice(0, MOST_LETTERS));
    keys?.add(value);
  }
}

function twice(field: string): JitError {
  const detail = `\`${field}\` stands there twice`;
  return new JitError('malformedCall', { faults: detail }, { fields: [{ in: 'body', field, detail }] });
}

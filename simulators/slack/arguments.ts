import { invalidArguments, SlackError } from './errors.ts';
import type { Flaw, Json } from './shape.ts';

type Kind = 'string' | 'boolean' | 'number' | 'json';

/** The arguments of a Web API method, as its reference page lists them. */
export interface Arguments {
  readonly required?: { readonly [name: string]: Kind };
  readonly optional?: { readonly [name: string]: Kind };
}

const BOOLEANS: { readonly [text: string]: boolean } = { true: true, '1': true, false: false, '0': false };

/** One argument in its own type; forms carry JSON, numbers and booleans as text. */
function decode(name: string, kind: Kind, value: unknown): unknown {
  const bad = (what: string) => invalidArguments([{ at: `/${name}`, what }]);
  if (value === null || typeof value === kind) return value;
  if (kind === 'json') {
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value);
    } catch {
      throw name === 'blocks' ? new SlackError('invalid_blocks_format') : bad('must be valid json');
    }
  }
  if (kind === 'boolean' && typeof value === 'string' && value in BOOLEANS) return BOOLEANS[value];
  if (kind === 'number' && typeof value === 'string' && /^\d+$/.test(value)) return Number(value);
  throw bad(`must be a ${kind}`);
}

/** The arguments in their own types. Slack drops unknown ones in silence; here they are refused, as surely a mistake. */
export function readArguments({ required = {}, optional = {} }: Arguments, given: Json): Json {
  const flaws: Flaw[] = [];
  const read: Json = {};
  for (const name of Object.keys(required))
    if (given[name] === undefined || given[name] === null || given[name] === '')
      flaws.push({ at: '', what: `missing required field: ${name}` });
  for (const [name, value] of Object.entries(given)) {
    const kind = required[name] ?? optional[name];
    if (kind) read[name] = decode(name, kind, value) ?? undefined;
    else flaws.push({ at: '', what: `unknown argument: ${name}` });
  }
  if (flaws.length > 0) throw invalidArguments(flaws);
  return read;
}

/** The raw arguments of a request body: a form, or JSON where the method takes it. */
export function parseBody(contentType: string, body: string, takesJson: boolean): Json {
  const [type] = contentType.split(';');
  if (type === 'application/x-www-form-urlencoded') return Object.fromEntries(new URLSearchParams(body));
  if (type !== 'application/json') throw new SlackError('invalid_form_data');
  if (!takesJson) return {};
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Json;
  } catch {
    throw new SlackError('invalid_json');
  }
  throw new SlackError('json_not_object');
}

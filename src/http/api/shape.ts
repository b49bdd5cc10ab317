import { z } from 'zod';
import { type CallFault, JitError } from '../../core/errors/errors.ts';

type Issue = z.core.$ZodIssue;

const MOST_FAULTS = 5;
const MOST_LETTERS = 80;

/** What a call takes, read by its schema. Throws `malformedCall`, which names each field that is at fault. */
export function shaped(schema: z.ZodType, given: unknown, place: 'body' | 'query'): unknown {
  const { success, data, error } = schema.safeParse(given);
  if (success) return data;
  const all = error.issues.flatMap((issue) => faultsOf(issue, { schema, given, place }));
  throw malformed(all.slice(0, MOST_FAULTS));
}

export function malformed(fields: readonly CallFault[]): JitError {
  return new JitError('malformedCall', { faults: fields.map(({ detail }) => detail).join('; ') }, { fields });
}

/** The query, of which each name stands once. */
export function queryOf(query: URLSearchParams): Readonly<Record<string, string>> {
  const names = [...query.keys()];
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return Object.fromEntries(query);
  const field = twice.slice(0, MOST_LETTERS);
  throw malformed([{ in: 'query', field, detail: `\`${field}\` stands there twice` }]);
}

interface Read {
  readonly schema: z.ZodType;
  readonly given: unknown;
  readonly place: 'body' | 'query';
}

function faultsOf(issue: Issue, read: Read): readonly CallFault[] {
  const { given, place, schema } = read;
  if (given === null || typeof given !== 'object' || Array.isArray(given))
    return [{ in: place, field: '', detail: `the body must be a JSON object${takenBy(schema)}` }];
  if (issue.code === 'invalid_union') return closest(issue.errors, given).flatMap((one) => faultsOf(one, read));
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => {
      const field = [...issue.path, key.slice(0, MOST_LETTERS)].join('.');
      return { in: place, field, detail: `\`${field}\` ${unknownHere(key, issue.keys, read)}` };
    });
  const field = issue.path.join('.');
  return [{ in: place, field, detail: `\`${field}\` ${sayOf(issue, valueAt(given, issue.path))}` }];
}

/** Of the ways in which a call may be made, the one that knows most of what was given; then the one that lacks most, as it is the fuller one. */
function closest(ways: readonly (readonly Issue[])[], given: object): readonly Issue[] {
  const unknown = (way: readonly Issue[]) =>
    way.reduce((sum, one) => sum + (one.code === 'unrecognized_keys' ? one.keys.length : 0), 0);
  const missing = (way: readonly Issue[]) => way.filter(({ code }) => code !== 'unrecognized_keys').length;
  const sign = Object.keys(given).length === 0 ? -1 : 1;
  return ways.toSorted((a, b) => unknown(a) - unknown(b) || sign * (missing(a) - missing(b)))[0] ?? [];
}

function sayOf(issue: Issue, value: unknown): string {
  if (value === undefined) return 'is missing';
  if (issue.code === 'invalid_type') return `must be ${KINDS[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value')
    return `must be ${issue.values
      .map(String)
      .join(', ')
      .replace(/, (?=[^,]*$)/, ', or ')}`;
  if (issue.code === 'too_small' && issue.origin === 'string') return 'must not be empty';
  if (issue.code === 'too_small') return `must be ${issue.minimum} or more`;
  if (issue.code === 'too_big' && issue.origin === 'string') return `may have ${issue.maximum} characters at most`;
  if (issue.code === 'too_big' && issue.origin === 'array') return `may have ${issue.maximum} entries at most`;
  if (issue.code === 'too_big') return `must be ${issue.maximum} or less`;
  return issue.message;
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'an object',
  boolean: 'true or false',
};

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], given);
}

interface Shape {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Shape[];
}

/** `` with `machine` and `because`, or `words` ``: what has to be there. */
function takenBy(schema: z.ZodType): string {
  const ways = waysOf(schema).map(({ required = [] }) => required.map((name) => `\`${name}\``).join(' and '));
  const needed = ways.toReversed().filter(Boolean).join(', or ');
  return needed === '' ? ', an empty one at least' : ` with ${needed}`;
}

/** That a call has no such name, or that it is one of another way to make it. */
function unknownHere(key: string, unknown: readonly string[], { schema, given }: Read): string {
  const names = namesIn(schema);
  if (!names.includes(key)) return `is not known here: this takes ${listed(names)}`;
  const others = Object.keys(given as object).filter((name) => !unknown.includes(name) && names.includes(name));
  return `cannot stand beside ${listed(others)}`;
}

function namesIn(schema: z.ZodType): readonly string[] {
  return [...new Set(waysOf(schema).flatMap(({ properties = {} }) => Object.keys(properties)))];
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.map((name) => `\`${name}\``).join(', ');
}

function waysOf(schema: z.ZodType): readonly Shape[] {
  const { $ref = '', $defs = {}, ...own } = z.toJSONSchema(schema, { io: 'input' }) as Shape & Named;
  const shape = $defs[$ref.split('/').at(-1) ?? ''] ?? own;
  return shape.anyOf ?? [shape];
}

/** A schema that has a name stands apart, and is led to. */
interface Named {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Shape>>;
}

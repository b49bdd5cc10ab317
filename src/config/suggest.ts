import { z } from 'zod';
import { type Fault, IS_MISSING, LIST, SECTION } from './fault.ts';
import { namesOf, references } from './fields.ts';
import { didYouMean } from './meant.ts';
import { becameOf } from './renamed.ts';
import { configSchema } from './schema.ts';

const NO_SETTING = 'is not a setting here';

/** Words that people write for a setting that has another name. */
const MEANT: Readonly<Record<string, readonly string[]>> = {
  reason: ['because'],
  justification: ['because'],
  user: ['who'],
  users: ['who'],
  requester: ['who'],
  duration: ['for', 'longest', 'upTo'],
  source: ['sources', 'from'],
  tag: ['tags'],
  name: ['names'],
};

/** The faults of the shape with the nearest right thing, where there is one, and the others. What is missing because it was mistyped is said once. */
export function suggested(
  shape: readonly Fault[],
  others: readonly Fault[],
  raw: unknown,
  schema: unknown = configSchema,
): readonly Fault[] {
  const near = shape.map((fault) => ({ fault, nearest: nearestTo(fault, raw, schema) }));
  const mistyped = new Set(
    near.flatMap(({ fault, nearest }) => (nearest.setting ? [keyOf(fault, nearest.setting)] : [])),
  );
  const all = [...near.map(({ fault, nearest }) => ({ ...fault, message: fault.message + nearest.text })), ...others];
  return all.filter(
    (fault) => !fault.message.startsWith(IS_MISSING) || !mistyped.has(keyOf(fault, String(fault.path.at(-1)))),
  );
}

function keyOf({ path }: Fault, setting: string): string {
  return JSON.stringify([...path.slice(0, -1), setting]);
}

const A_SECRET = '; name where the secret is, such as `env:NAME` (docs/secrets.md)';

function isSecret(schema: unknown): boolean {
  return schema instanceof z.ZodType && references.get(schema)?.to === 'secret';
}

interface Nearest {
  readonly text: string;
  readonly setting?: string;
}

function nearestTo({ path, message }: Fault, raw: unknown, root: unknown): Nearest {
  const became = message === NO_SETTING ? becameOf(path) : undefined;
  if (became !== undefined) return { text: became };
  if (message === NO_SETTING) return nearestSetting(path, root);
  if (message === IS_MISSING && schemasAt(root, path).some(isSecret)) return { text: A_SECRET };
  const given = valueAt(raw, path);
  if (message.endsWith(`must be ${SECTION}`)) return { text: settingsText(schemasAt(root, path)) };
  if (message.endsWith(`must be ${LIST}`)) return { text: listText(given) };
  if (typeof given !== 'string') return { text: '' };
  const among = schemasAt(root, path).flatMap((schema) => valuesOf(schema, raw));
  return { text: message.includes('did you mean') ? '' : didYouMean(given, new Set(among)) };
}

const MOST_NAMED = 5;
const WORD = /^[\w.:@/-]{1,60}$/;

/** Some settings of a section, first those that it has to have. */
function settingsText(schemas: readonly unknown[]): string {
  const all = schemas.flatMap((schema) => (schema instanceof z.ZodObject ? Object.entries(schema.shape) : []));
  const needed = all.filter(([, part]) => !isOptional(part));
  const named = (needed.length > 0 ? needed : all).map(([key]) => key).slice(0, MOST_NAMED);
  return named.length === 0 ? '' : ` such as ${named.join(', ')}`;
}

function isOptional(schema: unknown): boolean {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
}

/** What stands alone, as the list that may be meant; entries with settings each begin with a dash. */
function listText(given: unknown): string {
  const isWord = typeof given === 'number' || (typeof given === 'string' && WORD.test(given));
  if (isWord) return `; did you mean [${given}]?`;
  return typeof given === 'object' && given !== null ? '; begin each of its entries with a dash and a space' : '';
}

function nearestSetting(path: Fault['path'], root: unknown): Nearest {
  const key = String(path.at(-1));
  const beside = schemasAt(root, path.slice(0, -1)).flatMap(settingsOf);
  const word = key.toLowerCase();
  const own = Object.hasOwn(MEANT, word) ? MEANT[word]?.find((one) => beside.includes(one)) : undefined;
  const [, setting] = own ? [key, own] : (/did you mean (.+)\?$/.exec(didYouMean(key, new Set(beside))) ?? []);
  if (setting !== undefined) return { text: `; did you mean ${setting}?`, setting };
  const home = homeOf(root, key);
  return { text: home === undefined ? '' : `; it is one of ${home}` };
}

function settingsOf(schema: unknown): readonly string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** What a setting may be: the values of its list, or the names that its kind may have in this file. */
function valuesOf(schema: unknown, raw: unknown): readonly string[] {
  if (schema instanceof z.ZodEnum) return schema.options.map(String);
  return namesOf(schema as z.ZodType, raw);
}

/** The forms that a setting may have, without what makes it optional. */
function schemasAt(root: unknown, path: Fault['path']): readonly unknown[] {
  return path.reduce<readonly unknown[]>(
    (schemas, part) => schemas.flatMap((schema) => partsOf(schema, part)),
    formsOf(root),
  );
}

function partsOf(schema: unknown, part: string | number): readonly unknown[] {
  if (schema instanceof z.ZodObject) {
    const shape: Readonly<Record<string, unknown>> = schema.shape;
    return Object.hasOwn(shape, part) ? formsOf(shape[part]) : [];
  }
  if (schema instanceof z.ZodArray) return formsOf(schema.element);
  return schema instanceof z.ZodRecord ? formsOf(schema.valueType) : [];
}

/** A description makes a new schema of the same kind: what the kind knows is asked of each on the way. */
function formsOf(schema: unknown): readonly unknown[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return formsOf(schema.unwrap());
  if (schema instanceof z.ZodPipe) return [schema, ...formsOf(schema.in)];
  return schema instanceof z.ZodUnion ? [schema, ...schema.options.flatMap(formsOf)] : [schema];
}

function valueAt(raw: unknown, path: Fault['path']): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined,
    raw,
  );
}

/** The sections in which there is such a setting, the outermost first. */
function homeOf(root: unknown, key: string): string | undefined {
  let level: readonly (readonly [string, unknown])[] = formsOf(root).map((schema) => ['', schema]);
  while (level.length > 0) {
    const found = level.filter(([, schema]) => settingsOf(schema).includes(key)).map(([path]) => path);
    if (found.length > 0)
      return [...new Set(found)].map((path) => (path === '' ? 'the whole file' : `\`${path}\``)).join(' or ');
    level = level.flatMap(([path, schema]) => below(path, schema));
  }
  return undefined;
}

function below(path: string, schema: unknown): readonly (readonly [string, unknown])[] {
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape).flatMap(([name, part]) =>
      formsOf(part).map((form) => [path === '' ? name : `${path}.${name}`, form] as const),
    );
  if (schema instanceof z.ZodArray) return formsOf(schema.element).map((form) => [`${path}[]`, form]);
  return schema instanceof z.ZodRecord ? formsOf(schema.valueType).map((form) => [`${path}.<name>`, form]) : [];
}

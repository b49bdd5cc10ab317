import { z } from 'zod';
import { references } from '../../src/config/fields.ts';
import { configSchema } from '../../src/config/schema.ts';
import { ERRORS } from '../../src/core/errors/errors.ts';
import { durationText } from '../../src/core/language/duration.ts';
import { portText } from '../../src/core/rule/port.ts';
import { METRICS } from '../../src/observe/metric-table.ts';

/** The tables that the docs hold, made from the code. */
export function errorsTable(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { kind, say, hint }]) => `| \`${code}\` | ${kind} | ${cell(say)} | ${cell(hint)} |`,
  );
  return ['| code | kind | what is said | what to do |', '|---|---|---|---|', ...rows].join('\n');
}

export function settingsTable(): string {
  const rows = settings().map(
    ({ path, given, choice, what }) => `| \`${path}\` | ${cell(given)} | ${cell(what + choice)} |`,
  );
  return ['| setting | default | what it is |', '|---|---|---|', ...rows].join('\n');
}

export function liveTable(): string {
  return [
    '| setting |',
    '|---|',
    ...settings().flatMap(({ path, isLive }) => (isLive ? [`| \`${path}\` |`] : [])),
  ].join('\n');
}

export function metricsTable(): string {
  const rows = Object.entries(METRICS).map(
    ([name, { type, help, labels }]) =>
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${cell(help)} |`,
  );
  return ['| metric | type | labels | what it is |', '|---|---|---|---|', ...rows].join('\n');
}

/** One setting of drawbridge.yaml, as the schema has it. */
interface Setting {
  /** `policies[].who`, `places.<name>.slack`. */
  readonly path: string;
  /** Its default, `*required*`, or nothing where it may be left out. */
  readonly given: string;
  /** What it is; empty where it has no description. */
  readonly what: string;
  /** The values that it may have, where they are few. */
  readonly choice: string;
  /** It is a secret whose newest value is used. */
  readonly isLive: boolean;
}

/** Every setting of the schema, in its order. A section that only holds others is none, unless it says something itself. */
export function settings(schema: unknown = configSchema, path = '', above: Shape = {}): readonly Setting[] {
  const { inner, given, what } = unwrapped(schema);
  const values = inner instanceof z.ZodEnum ? inner.options : [];
  const choice = values.length > 0 ? ` One of ${values.map((value) => `\`${value}\``).join(', ')}.` : '';
  const isSection = inner instanceof z.ZodObject || inner instanceof z.ZodUnion;
  const own =
    path === '' || (isSection && what === '')
      ? []
      : [{ path, given, what, choice, isLive: references.get(inner as z.ZodType)?.isLive ?? false }];
  return [...own, ...within(inner, path, above)];
}

type Shape = Readonly<Record<string, unknown>>;

function within(inner: unknown, path: string, above: Shape): readonly Setting[] {
  if (inner instanceof z.ZodObject) {
    // A section that repeats the settings of the one it is in is described there.
    if (Object.entries(inner.shape).every(([name, part]) => above[name] === part)) return [];
    return Object.entries(inner.shape).flatMap(([name, part]) =>
      settings(part, path === '' ? name : `${path}.${name}`, inner.shape),
    );
  }
  if (inner instanceof z.ZodArray)
    return holdsSettings(inner.element) ? settings(inner.element, `${path}[]`, above) : [];
  if (inner instanceof z.ZodRecord)
    return holdsSettings(inner.valueType) ? settings(inner.valueType, `${path}.<name>`) : [];
  // What may also be a name is described where names are given.
  if (inner instanceof z.ZodUnion && inner.options.every(holdsSettings))
    return inner.options.flatMap((option) => eitherOf(within(option, path, above)));
  return [];
}

/** Of a choice of sections none is required. */
function eitherOf(options: readonly Setting[]): readonly Setting[] {
  return options.map((one) => ({ ...one, given: one.given === '*required*' ? '*one of these*' : one.given }));
}

function holdsSettings(schema: unknown): boolean {
  return schema instanceof z.ZodObject || (schema instanceof z.ZodUnion && schema.options.every(holdsSettings));
}

/** What is below the wrappers, the description of the outermost that has one, and what holds when nothing is written. */
function unwrapped(schema: unknown): { readonly inner: unknown; readonly given: string; readonly what: string } {
  let [inner, given, what] = [schema, '*required*', ''];
  for (;;) {
    what ||= (inner as z.ZodType).description ?? '';
    if (inner instanceof z.ZodDefault) {
      const value: unknown = inner.def.defaultValue;
      inner = inner.unwrap();
      given = `\`${written(inner, value)}\``;
    } else if (inner instanceof z.ZodOptional || inner instanceof z.ZodPrefault) {
      inner = inner.unwrap();
      given = '';
    } else return { inner, given, what };
  }
}

/** A default as one would write it: `3d`, `22`, `"public"`. */
function written(inner: unknown, value: unknown): string {
  const isRead = inner instanceof z.ZodPipe;
  if (isRead && inner.in instanceof z.ZodString && typeof value === 'number')
    return durationText(value).replace(/ (\w)\w*/g, '$1');
  const port = isRead ? onePort.safeParse(value) : undefined;
  return port?.success ? portText(port.data) : JSON.stringify(value);
}

const onePort = z.strictObject({ number: z.number(), protocol: z.enum(['tcp', 'udp']) });

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** What a JSON Schema of a stored record says, as far as it is compared. */
export interface Shape {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape | false;
  readonly prefixItems?: readonly Shape[];
  readonly additionalProperties?: Shape | boolean;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

/**
 * Why records of one of both versions could not be read by the other. What is new and optional is no reason: unknown fields are kept.
 *
 * @param at where in the record
 */
export function shapeFaults(last: Shape, now: Shape, at = ''): readonly string[] {
  const faults: string[] = [];
  if (typeOf(last) !== typeOf(now)) faults.push(`${at}: was ${typeOf(last)}, is ${typeOf(now)}`);
  const [before, after] = [valuesOf(last), valuesOf(now)];
  const more = after.filter((value) => !before.includes(value));
  const less = before.filter((value) => !after.includes(value));
  if (before.length > 0 && more.length > 0) faults.push(`${at}: the last version does not know ${more.join(', ')}`);
  if (after.length > 0 && less.length > 0) faults.push(`${at}: ${less.join(', ')} was kept, and is not read any more`);
  return [...faults, ...fieldFaults(last, now, at), ...partFaults(last, now, at)];
}

function fieldFaults(last: Shape, now: Shape, at: string): readonly string[] {
  const [before, after] = [last.properties ?? {}, now.properties ?? {}];
  const [had, has] = [last.required ?? [], now.required ?? []];
  return [
    ...Object.entries(before).flatMap(([name, shape]) => {
      const same = after[name];
      return same ? shapeFaults(shape, same, `${at}.${name}`) : [`${at}.${name}: was kept, and is not known any more`];
    }),
    ...had.filter((name) => !has.includes(name)).map((name) => `${at}.${name}: the last version wants it`),
    ...has.filter((name) => !had.includes(name)).map((name) => `${at}.${name}: records of the last version lack it`),
  ];
}

function partFaults(last: Shape, now: Shape, at: string): readonly string[] {
  const [before, after] = [choicesOf(last), choicesOf(now)];
  if (before.length !== after.length) return [`${at}: had ${before.length} forms, and has ${after.length}`];
  const pairs: readonly (readonly [unknown, unknown, string])[] = [
    ...before.map((shape, i) => [shape, after[i], at] as const),
    [last.items, now.items, `${at}[]`],
    [last.additionalProperties, now.additionalProperties, `${at}.<name>`],
  ];
  return pairs.flatMap(([one, other, where]) => (isShape(one) && isShape(other) ? shapeFaults(one, other, where) : []));
}

const isShape = (value: unknown): value is Shape => typeof value === 'object' && value !== null;
const choicesOf = ({ anyOf, oneOf, prefixItems }: Shape) => anyOf ?? oneOf ?? prefixItems ?? [];
const typeOf = ({ type }: Shape) => (type === undefined ? 'anything' : [type].flat().join(' or '));
const valuesOf = ({ enum: all, const: one }: Shape) => (all ?? (one === undefined ? [] : [one])).map(String);

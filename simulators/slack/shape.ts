/** One thing that is wrong with a document, in the words and with the JSON pointer that Slack answers with. */
export interface Flaw {
  readonly at: string;
  readonly what: string;
}

/** Judges one value found at the JSON pointer `at`; what is wrong is added to `flaws`. */
export type Check = (value: unknown, at: string, flaws: Flaw[]) => void;

export type Json = { [key: string]: unknown };

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A string of `min` (1 unless told) to `max` characters. */
export const text =
  (max: number, min = 1): Check =>
  (value, at, flaws) => {
    if (typeof value !== 'string') flaws.push({ at, what: 'must be a string' });
    else if (value.length > max) flaws.push({ at, what: `must be less than ${max + 1} characters` });
    else if (value.length < min) flaws.push({ at, what: `must be more than ${min - 1} characters` });
  };

export const matching =
  (pattern: RegExp, name: string): Check =>
  (value, at, flaws) => {
    if (typeof value !== 'string' || !pattern.test(value)) flaws.push({ at, what: `must be a valid ${name}` });
  };

export const boolean: Check = (value, at, flaws) => {
  if (typeof value !== 'boolean') flaws.push({ at, what: 'must be a boolean' });
};

export const integer =
  (min: number, max: number): Check =>
  (value, at, flaws) => {
    if (!Number.isInteger(value)) flaws.push({ at, what: 'must be an integer' });
    else if ((value as number) < min || (value as number) > max)
      flaws.push({ at, what: `must be between ${min} and ${max}` });
  };

export const oneOf =
  (...allowed: readonly string[]): Check =>
  (value, at, flaws) => {
    if (typeof value !== 'string' || !allowed.includes(value))
      flaws.push({ at, what: `must be one of: ${allowed.join(', ')}` });
  };

export const list =
  (each: Check, min: number, max: number): Check =>
  (value, at, flaws) => {
    if (!Array.isArray(value)) {
      flaws.push({ at, what: 'must be an array' });
      return;
    }
    if (value.length > max) flaws.push({ at, what: `no more than ${max} items allowed` });
    if (value.length < min) flaws.push({ at, what: `no fewer than ${min} items allowed` });
    for (const [i, item] of value.entries()) each(item, `${at}/${i}`, flaws);
  };

export interface Fields {
  readonly required?: { readonly [name: string]: Check };
  readonly optional?: { readonly [name: string]: Check };
  /** A rule about several fields at once. */
  readonly also?: (value: Json, at: string, flaws: Flaw[]) => void;
}

/** An object with these fields and no others. */
export const object =
  ({ required = {}, optional = {}, also }: Fields): Check =>
  (value, at, flaws) => {
    if (!isObject(value)) {
      flaws.push({ at, what: 'must be an object' });
      return;
    }
    for (const name of Object.keys(required))
      if (value[name] === undefined) flaws.push({ at, what: `missing required field: ${name}` });
    for (const [name, field] of Object.entries(value)) {
      const check = required[name] ?? optional[name];
      if (!check) flaws.push({ at, what: `invalid additional property: ${name}` });
      else if (field !== undefined) check(field, `${at}/${name}`, flaws);
    }
    also?.(value, at, flaws);
  };

/** An object whose `type` says which of `checks` it must pass. */
export const byType =
  (checks: { readonly [type: string]: Check }): Check =>
  (value, at, flaws) => {
    const type = isObject(value) ? value.type : undefined;
    const check = typeof type === 'string' && Object.hasOwn(checks, type) ? checks[type] : undefined;
    if (check) check(value, at, flaws);
    else flaws.push({ at: `${at}/type`, what: `unsupported type: ${String(type)}` });
  };

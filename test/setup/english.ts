import { ENGLISH, type Line, type Phrase, phrased, type Shown, spoken } from '../../src/core/language/text.ts';

type English<T> = [Phrase] extends [T]
  ? string | Exclude<T, Phrase>
  : T extends Line
    ? Shown[]
    : T extends readonly (infer One)[]
      ? English<One>[]
      : T extends object
        ? { readonly [Key in keyof T]: English<T[Key]> }
        : T;

/** The same as it is read in English: sentences with what is filled in, whatever holds them. */
export function english<T>(value: T): English<T> {
  return said(value) as English<T>;
}

function said(value: unknown): unknown {
  if (Array.isArray(value)) return value.some(isSaid) ? spoken(value as Line, ENGLISH) : value.map(said);
  if (isSaid(value)) return phrased(value as Phrase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, said(one)]));
}

export function isSaid(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'say' in value && 'with' in value;
}

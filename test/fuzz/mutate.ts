import fc from 'fast-check';

type Path = readonly (string | number)[];
type Edit = (value: unknown) => unknown;

const HUGE = 20_000;
/** What JSON can say in the place of something else, and what programs stumble over. */
const ODD: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  2 ** 53,
  '',
  ' ',
  'null',
  '\0',
  '\uD800',
  '\u202E<!channel>',
  '{{}}',
  '../../x',
  'constructor',
  'x'.repeat(HUGE),
  [],
  [null],
  {},
  { toString: null },
  JSON.parse('{"__proto__":{"a":1},"constructor":{"prototype":1}}'),
  nested(200),
];

/**
 * Makes something else of a real value: some of its parts are left out, replaced, repeated, wrapped, or written otherwise. Paths
 * are picked by number, so that shrinking finds the one edit that matters.
 */
export function edits(most = 3): fc.Arbitrary<Edit> {
  const one = fc.tuple(fc.nat(100_000), edit);
  return fc.array(one, { minLength: 1, maxLength: most }).map(
    (all): Edit =>
      (value) =>
        all.reduce((before: unknown, [nth, change]) => {
          const paths = pathsOf(before);
          return changed(before, paths[nth % paths.length] ?? [], change);
        }, value),
  );
}

export function mutated(value: unknown): fc.Arbitrary<unknown> {
  return edits().map((change) => change(value));
}

/** Makes something else of a text: pieces left out, doubled, replaced, or cut off. */
export function textEdits(most = 4): fc.Arbitrary<(text: string) => string> {
  const piece = fc.oneof(
    fc.constantFrom(
      '\0',
      '\n',
      ' ',
      ',',
      ':',
      '"',
      "'",
      '`',
      '&',
      '*',
      '<<',
      '!!',
      '{',
      '[',
      '-',
      '\t',
      '\uFEFF',
      '💥',
    ),
    fc.string({ maxLength: 8 }),
    fc.constant('9'.repeat(400)),
  );
  const one = fc.tuple(fc.nat(1_000_000), fc.nat(40), fc.constantFrom('cut', 'double', 'put', 'end'), piece);
  return fc.array(one, { minLength: 1, maxLength: most }).map(
    (all) => (text: string) =>
      all.reduce((before, [nth, length, how, put]) => {
        const at = before.length === 0 ? 0 : nth % before.length;
        const [head, mid, tail] = [before.slice(0, at), before.slice(at, at + length), before.slice(at + length)];
        if (how === 'end') return head;
        return head + (how === 'cut' ? '' : how === 'double' ? mid + mid : put) + tail;
      }, text),
  );
}

export function mutatedText(text: string): fc.Arbitrary<string> {
  return textEdits().map((change) => change(text));
}

const EMPTY: { readonly 0?: string; readonly 1?: string; readonly index?: number } = {};

/** Makes something else of XML: elements without their content, with another, twice, or not there. */
export function xmlEdits(): fc.Arbitrary<(text: string) => string> {
  const content = fc.constantFrom(
    '',
    'null',
    '-1',
    '65536',
    'x'.repeat(5_000),
    '&amp;',
    '::/0',
    '2026-13-01',
    'TRUE',
    '\u202E',
  );
  const one = fc.tuple(fc.nat(100_000), fc.constantFrom('empty', 'put', 'twice', 'gone', 'item'), content);
  return fc.array(one, { minLength: 1, maxLength: 3 }).map(
    (all) => (text: string) =>
      all.reduce((before, [nth, how, put]) => {
        const pattern = how === 'item' ? /<item>.*?<\/item>/gs : /<(\w+)>[^<]*<\/\1>/g;
        const found = [...before.matchAll(pattern)];
        const { 0: whole = '', 1: name = 'item', index = 0 } = found[nth % Math.max(1, found.length)] ?? EMPTY;
        const next = {
          empty: `<${name}/>`,
          put: `<${name}>${put}</${name}>`,
          twice: whole + whole,
          gone: '',
          item: '<item/>',
        };
        return before.slice(0, index) + (whole === '' ? '' : next[how]) + before.slice(index + whole.length);
      }, text),
  );
}

const GONE = Symbol('gone');

const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Edit>(() => GONE) },
  {
    weight: 6,
    arbitrary: fc.constantFrom(...ODD).map(
      (odd): Edit =>
        () =>
          odd,
    ),
  },
  {
    weight: 2,
    arbitrary: fc.jsonValue({ maxDepth: 2 }).map(
      (odd): Edit =>
        () =>
          odd,
    ),
  },
  { weight: 1, arbitrary: fc.constant<Edit>((value) => [value]) },
  { weight: 1, arbitrary: fc.constant<Edit>((value) => ({ value })) },
  {
    weight: 1,
    arbitrary: fc.constant<Edit>((value) => (Array.isArray(value) ? [...value, ...value] : [value, value])),
  },
  { weight: 1, arbitrary: fc.constant<Edit>((value) => (Array.isArray(value) ? value[0] : JSON.stringify(value))) },
  { weight: 1, arbitrary: fc.constant<Edit>((value) => (typeof value === 'string' ? value.toUpperCase() : value)) },
  { weight: 1, arbitrary: fc.constant<Edit>((value) => (typeof value === 'string' ? `${value}\0${value}` : value)) },
);

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i += 1) value = i % 2 === 0 ? [value] : { a: value };
  return value;
}

const MOST_PATHS = 2_000;

function pathsOf(value: unknown, at: Path = [], found: Path[] = []): readonly Path[] {
  if (found.length >= MOST_PATHS) return found;
  found.push(at);
  if (Array.isArray(value)) value.forEach((one, i) => void pathsOf(one, [...at, i], found));
  else if (typeof value === 'object' && value !== null)
    for (const [key, one] of Object.entries(value)) pathsOf(one, [...at, key], found);
  return found;
}

function changed(value: unknown, [key, ...rest]: Path, one: Edit): unknown {
  if (key === undefined) {
    const next = one(value);
    return next === GONE ? null : next;
  }
  if (Array.isArray(value))
    return value.flatMap((item, i) => {
      if (i !== key) return [item];
      return rest.length === 0 && one(item) === GONE ? [] : [changed(item, rest, one)];
    });
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => {
      if (name !== key) return [[name, item]];
      return rest.length === 0 && one(item) === GONE ? [] : [[name, changed(item, rest, one)]];
    }),
  );
}

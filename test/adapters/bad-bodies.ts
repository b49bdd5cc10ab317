/** JSON that is well formed and no delivery of any chat. */
export const NO_DELIVERIES: readonly (readonly [string, string])[] = [
  ['null', 'null'],
  ['a list', '[]'],
  ['a list of null', '[null]'],
  ['a number', '1'],
  ['a text', '"x"'],
  ['an empty text', '""'],
  ['a truth', 'true'],
  ['nothing in it', '{}'],
  ['a prototype', '{"__proto__":{"command":"/jit","type":"message"}}'],
  ['a type that every object has', '{"type":"constructor"}'],
  ['a type that is no text', '{"type":{"toString":null}}'],
  ['lists in lists', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
  ['objects in objects', `${'{"a":'.repeat(12_000)}1${'}'.repeat(12_000)}`],
];

/** No JSON at all. */
export const NO_JSON: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['half of it', '{"type":'],
  ['two of it', '{}{}'],
  ['a byte order mark', '\uFEFF{}'],
  ['a number that JavaScript has and JSON not', 'NaN'],
];

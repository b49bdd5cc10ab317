import { globSync, readFileSync } from 'node:fs';
import { parseSync } from 'vite';

/** A part of a source file, as ESTree has it. */
interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Fields that hold a phrase of ours where what stands there is a plain string. */
const PHRASES = new Set([
  'label',
  'heading',
  'title',
  'confirm',
  'form',
  'enter',
  'hint',
  'submit',
  'says',
  'placeholder',
]);
/** What is called with a phrase first. */
const CALLED = new Set(['phrased', 't', 'text', 'fact', 'list', 'section', 'said', 'notice']);
/** Where plain strings in these fields are read by people in a chat. */
const READ = /^(?:src\/core\/view|src\/app|src\/web|adapters\/(?:slack|teams))\//;
const TABLES = /^src\/core\/errors\//;

/** Every English text that a catalogue has to know, with the files that say it. */
export function messages(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const file of globSync('{src,adapters}/**/*.ts')) {
    const name = file.replaceAll('\\', '/');
    const { program } = parseSync(name, readFileSync(file, 'utf8'), { sourceType: 'module' });
    for (const text of textsIn(program as unknown as Node, name)) {
      const files = found.get(text) ?? new Set();
      found.set(text, files.add(name));
    }
  }
  return new Map([...found].map(([text, files]) => [text, [...files]]));
}

function* textsIn(node: Node, file: string): Generator<string> {
  for (const one of own(node, file)) if (/[\p{L}“”]/u.test(one.replace(/\{\w+\}|`[^`]*`/g, ''))) yield one;
  for (const child of Object.values(node)) for (const one of nodesIn(child)) yield* textsIn(one, file);
}

function nodesIn(value: unknown): readonly Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  return typeof value === 'object' && value !== null && 'type' in value ? [value as Node] : [];
}

function own(node: Node, file: string): readonly string[] {
  if (node.type === 'TaggedTemplateExpression' && nameOf(node.tag) === 'say') return [templateOf(node.quasi as Node)];
  // What stands on a link.
  if (node.type === 'ObjectExpression' && propertiesOf(node).has('link'))
    return literalsOf(propertiesOf(node).get('name')?.value);
  if (node.type === 'Property' && TABLES.test(file) && ['say', 'hint'].includes(nameOf(node.key)))
    return literalsOf(node.value);
  if (node.type === 'Property' && file === 'src/core/language/usage.ts' && nameOf(node.key) === 'does')
    return literalsOf(node.value);
  if (!READ.test(file)) return [];
  if (node.type === 'Property' && PHRASES.has(nameOf(node.key))) return literalsOf(node.value);
  if (node.type === 'CallExpression' && CALLED.has(nameOf(node.callee)))
    return literalsOf((node.arguments as readonly unknown[])[0]);
  // Texts that are named at the head of a file.
  if (node.type === 'VariableDeclarator' && /^[A-Z_]+$/.test(nameOf(node.id)) && file.startsWith('adapters/'))
    return literalsOf(node.init).filter((text) => text.includes(' '));
  return [];
}

function propertiesOf({ properties }: Node): ReadonlyMap<string, Node> {
  const all = (properties as readonly Node[]).filter(({ type }) => type === 'Property');
  return new Map(all.map((one) => [nameOf(one.key), one]));
}

function nameOf(node: unknown): string {
  const { name, value } = (node ?? {}) as { readonly name?: unknown; readonly value?: unknown };
  return typeof name === 'string' ? name : typeof value === 'string' ? value : '';
}

/** Both ways of a choice as well. */
function literalsOf(node: unknown): readonly string[] {
  const [one] = nodesIn(node);
  if (!one) return [];
  if (one.type === 'Literal') return typeof one.value === 'string' ? [one.value] : [];
  if (one.type === 'TemplateLiteral')
    return (one.expressions as readonly unknown[]).length === 0 ? [templateOf(one)] : [];
  if (one.type === 'ConditionalExpression') return [one.consequent, one.alternate].flatMap(literalsOf);
  return [];
}

function templateOf({ quasis }: Node): string {
  const parts = (quasis as readonly { readonly value: { readonly cooked: string } }[]).map(({ value }) => value.cooked);
  return parts.reduce((key, part, i) => `${key}{${i - 1}}${part}`);
}

import { globSync, readFileSync } from 'node:fs';
import { parseSync } from 'vite';

/** A part of a source file, as ESTree has it. */
interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** What holds texts that people read: fields, and variables of these names. */
const HOLDS = /^(?:line|lines|title|heading|rows)$/;
/** What gives them. */
const GIVES = /^(?:lines?Of|titleOf|row)$/;
/** Where what stands there goes to a chat, a mail, or a post. */
const FILES = ['src/app/**/*.ts', 'src/core/view/*.ts', 'src/*.ts', 'src/redis/*.ts', 'adapters/**/*.ts'];
/** Where errors are thrown that people are told: what those are filled with is a part of what they read. */
const THROWS = /^(?:adapters\/(?!alarm-)|src\/redis\/)/;
/** What makes an error of why. */
const MAKES = /^(?:away|refused|silent)$/;
/** English for everybody, as docs/languages.md says: what programs are told, and what a terminal shows. */
const ENGLISH =
  /^(?:src\/app\/api\/|src\/redis\/(?:claim|debian-package|embedded-server|folder-lock)\.ts|adapters\/\w+\/role-maker\.ts)/;
/** The same in every language. */
const NAMES = /\b(?:AWS IAM Identity Center|Google Cloud|Microsoft Entra ID)\b/g;

/** English sentences that are in no catalogue, since nobody says them with `say`: each with its file. */
export function plainTexts(files: readonly string[] = FILES): readonly string[] {
  return files
    .flatMap((pattern) => globSync(pattern))
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !ENGLISH.test(file))
    .toSorted()
    .flatMap((file) => plainIn(readFileSync(file, 'utf8'), file));
}

export function plainIn(source: string, file: string): readonly string[] {
  const { program } = parseSync(file, source, { sourceType: 'module' });
  const whole = program as unknown as Node;
  const found = THROWS.test(file) ? heldByErrors(whole, new Map()) : held(whole, new Map());
  return [...new Set(found)].map((text) => `${file}: ${text}`);
}

type Named = ReadonlyMap<string, readonly Node[]>;

/** The variables of a function, or of the file, and of what it stands in; not those of functions within it. */
function namedIn(node: Node, outer: Named): Named {
  if (!isScope(node)) return outer;
  return new Map([...outer, ...Map.groupBy(variables(node.body), ({ id }) => nameOf(id))]);
}

function* variables(value: unknown): Generator<Node> {
  for (const node of nodesIn(value)) {
    if (node.type === 'VariableDeclarator') yield node;
    if (!isScope(node)) for (const child of Object.values(node)) yield* variables(child);
  }
}

function isScope({ type }: Node): boolean {
  return type === 'Program' || /Function/.test(type);
}

function* heldByErrors(node: Node, outer: Named): Generator<string> {
  const named = namedIn(node, outer);
  if (node.type === 'CallExpression' && MAKES.test(nameOf(node.callee))) yield* textsIn(node.arguments, false);
  if (node.type === 'NewExpression' && nameOf(node.callee) === 'JitError') yield* filledIn(node, named);
  for (const child of Object.values(node)) for (const one of nodesIn(child)) yield* heldByErrors(one, named);
}

function* held(node: Node, outer: Named): Generator<string> {
  const named = namedIn(node, outer);
  const [name, value] = partsOf(node);
  if (HOLDS.test(name)) yield* textsIn(value, name === 'title' || name === 'heading');
  if (node.type === 'NewExpression' && nameOf(node.callee) === 'JitError') yield* filledIn(node, named);
  if (node.type === 'FunctionDeclaration' && GIVES.test(nameOf(node.id))) yield* returned(node.body);
  for (const child of Object.values(node)) for (const one of nodesIn(child)) yield* held(one, named);
}

/** What the sentence of an error is filled with, there or in a variable of the same file. */
function* filledIn({ arguments: given }: Node, named: Named): Generator<string> {
  const [, words] = nodesIn(given);
  for (const { value } of nodesIn(words?.properties)) {
    const [one] = nodesIn(value);
    const held = one?.type === 'Identifier' ? (named.get(nameOf(one)) ?? []).map(({ init }) => init) : [value];
    for (const each of held.flatMap(nodesIn)) {
      yield* textsIn(each, false);
      yield* joined(each);
    }
  }
}

/** Sentences that became one string, whatever language they were in. */
function* joined({ type, callee, arguments: given }: Node): Generator<string> {
  const [{ property } = {}] = nodesIn(callee) as readonly Partial<Node>[];
  const [by] = nodesIn(given);
  if (type === 'CallExpression' && nameOf(property) === 'join' && by?.value === '; ') yield 'joined by “; ”';
}

function partsOf(node: Node): readonly [name: string, value: unknown] {
  if (node.type === 'Property') return [nameOf(node.key), node.value];
  return node.type === 'VariableDeclarator' ? [nameOf(node.id), node.init] : ['', undefined];
}

function* returned(node: unknown): Generator<string> {
  for (const one of nodesIn(node)) {
    if (one.type === 'ReturnStatement') yield* textsIn(one.argument, false);
    else for (const child of Object.values(one)) yield* returned(child);
  }
}

/** @param isKnown a title of one piece is looked up as a whole, and `messages` finds it */
function* textsIn(node: unknown, isKnown: boolean): Generator<string> {
  for (const one of nodesIn(node)) {
    if (one.type === 'Literal' && !isKnown) yield* sentence(one.value);
    if (one.type === 'TemplateLiteral') {
      const quasis = one.quasis as readonly { readonly value: { readonly cooked: string } }[];
      yield* sentence(quasis.map(({ value }) => value.cooked).join('…'));
    }
    for (const key of ['elements', 'consequent', 'alternate', 'left', 'right', 'argument'])
      yield* textsIn(one[key], isKnown);
  }
}

/** Two words of letters, one after the other: no ID, no code. */
function* sentence(text: unknown): Generator<string> {
  if (typeof text === 'string' && /\p{L}{2,} \p{L}{2,}/u.test(text.replace(/`[^`]*`/g, '').replace(NAMES, '')))
    yield text;
}

function nodesIn(value: unknown): readonly Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  return typeof value === 'object' && value !== null && 'type' in value ? [value as Node] : [];
}

function nameOf(node: unknown): string {
  const { name, value } = (node ?? {}) as { readonly name?: unknown; readonly value?: unknown };
  return typeof name === 'string' ? name : typeof value === 'string' ? value : '';
}

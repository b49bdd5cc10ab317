import type { ASTNode } from '@marcbachmann/cel-js';

/** Something that an expression names and that may not be there: an attribute, or a tag. */
export interface Path {
  readonly root: 'person' | 'machine';
  readonly field: string;
  readonly tag?: string;
}

const LONGEST_LITERAL = 200;
const LOOPS = ['all', 'exists', 'exists_one'];
/** Whose results nothing here needs, or whose engine may run for ever. */
const FORBIDDEN: Readonly<Record<string, string>> = {
  matches: 'cannot be used, as it may run for ever: use like(pattern)',
  map: 'cannot be used here',
  filter: 'cannot be used here',
  bind: 'cannot be used here',
};

/** Every node with those above it. */
function* nodesOf(node: ASTNode, above: readonly ASTNode[] = []): Generator<readonly [ASTNode, readonly ASTNode[]]> {
  yield [node, above];
  for (const child of childrenOf(node)) yield* nodesOf(child, [...above, node]);
}

function childrenOf({ args }: ASTNode): readonly ASTNode[] {
  const all = (Array.isArray(args) ? args : [args]).flat(2) as readonly unknown[];
  return all.filter((one): one is ASTNode => typeof one === 'object' && one !== null && 'op' in one);
}

/** What is not allowed in an expression, though the language has it. `compile` throws for a pattern that is none. */
export function expressionFault(ast: ASTNode, compile: (pattern: string) => unknown): string | undefined {
  for (const [node, above] of nodesOf(ast)) {
    const fault = nodeFault(node, above, compile);
    if (fault !== undefined) return `${fault} (at letter ${node.range.start + 1})`;
  }
  return undefined;
}

function nodeFault(
  node: ASTNode,
  above: readonly ASTNode[],
  compile: (pattern: string) => unknown,
): string | undefined {
  if (node.op === 'value' && typeof node.args === 'string' && node.args.length > LONGEST_LITERAL)
    return `a text has more than ${LONGEST_LITERAL} letters`;
  if (node.op === '[]' && isTags(node.args[0]) && !isText(node.args[1])) return 'a tag must be named by a text';
  if (node.op === 'call' && node.args[0] === 'has' && !node.args[1].some((one) => tagOf(one) !== undefined))
    return 'has() can only ask for a tag: of the rest, what is absent may only not be known';
  if (node.op !== 'rcall') return undefined;
  const [name, , args] = node.args;
  if (Object.hasOwn(FORBIDDEN, name)) return `${name}() ${FORBIDDEN[name]}`;
  if (LOOPS.includes(name) && above.some((one) => one.op === 'rcall' && LOOPS.includes(one.args[0])))
    return `${name}() cannot stand in another one`;
  return name === 'like' ? patternFault(args[0], compile) : undefined;
}

function patternFault(pattern: ASTNode | undefined, compile: (pattern: string) => unknown): string | undefined {
  if (!pattern || !isText(pattern)) return 'like() needs a pattern that is written there';
  try {
    compile(String(pattern.args));
    return undefined;
  } catch (error) {
    return `like() has a pattern that cannot be read: ${(error as Error).message.split('\n')[0]}`;
  }
}

/**
 * What has to be there before an expression is evaluated: all that it names, whichever part of it would decide. A tag that it
 * asks `has()` for anywhere may be absent.
 */
export function pathsIn(ast: ASTNode): readonly Path[] {
  const all = [...nodesOf(ast)];
  const asked = new Set(all.flatMap(([node]) => (isHas(node) ? node.args[1].map(tagOf) : [])));
  return all.flatMap(([node]): Path[] => {
    const tag = tagOf(node);
    if (tag !== undefined) return asked.has(tag) ? [] : [{ root: 'machine', field: 'tags', tag }];
    if (node.op !== '.' || node.args[0].op !== 'id') return [];
    const [{ args: root }, field] = node.args;
    return root === 'person' || root === 'machine' ? [{ root, field }] : [];
  });
}

/** The names of the tags that it looks at, `"env" in machine.tags` too. */
export function tagsIn(ast: ASTNode): readonly string[] {
  const looked = [...nodesOf(ast)].flatMap(([node]) => {
    const isIn = node.op === 'in' && isTags(node.args[1]) && isText(node.args[0]);
    return isIn ? [String(node.args[0].args)] : (tagOf(node) ?? []);
  });
  return [...new Set(looked)];
}

function isHas(node: ASTNode): node is Extract<ASTNode, { readonly op: 'call' }> {
  return node.op === 'call' && node.args[0] === 'has';
}

/** `machine.tags.env`, `machine.tags["env"]`: the name of the tag. */
function tagOf(node: ASTNode): string | undefined {
  if (node.op === '.' && isTags(node.args[0])) return node.args[1];
  return node.op === '[]' && isTags(node.args[0]) && isText(node.args[1]) ? String(node.args[1].args) : undefined;
}

function isTags(node: ASTNode): boolean {
  return node.op === '.' && node.args[1] === 'tags' && node.args[0].op === 'id' && node.args[0].args === 'machine';
}

function isText(node: ASTNode): boolean {
  return node.op === 'value' && typeof node.args === 'string';
}

/** Does `!`, `!=`, or a choice stand above the groups of the person? */
export function negatesGroups(ast: ASTNode): boolean {
  return [...nodesOf(ast)].some(([node, above]) => {
    const isGroups = node.op === '.' && node.args[1] === 'groups' && node.args[0].op === 'id';
    return isGroups && above.some(({ op }) => op === '!_' || op === '!=' || op === '?:' || op === '==');
  });
}

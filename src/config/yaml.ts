import { type Document, isAlias, isMap, LineCounter, parseDocument, visit, YAMLError } from 'yaml';
import { type Fault, pathText } from './fault.ts';
import { didYouMean } from './meant.ts';
import { type Mended, mended } from './mend.ts';
import { syntaxText } from './syntax.ts';

/** A text as plain values, with what is wrong with it as YAML. */
export interface Yaml {
  /** Without what cannot be read. Undefined where nothing can. */
  readonly value: unknown;
  /** Each with its line. */
  readonly faults: readonly string[];
  /** The line of the nearest thing on a path that stands in the text. */
  lineOf(path: Fault['path']): number | undefined;
  /** Was it taken out, because it cannot be read? Nothing more is said about it. */
  isOut(path: Fault['path']): boolean;
  /** Was something taken out of it? Then nobody knows what it lacks. */
  holdsOut(path: Fault['path']): boolean;
}

const MOST_ALIASES = 100;

/** Reads a text as far as it can be read. What is broken is told once, and the rest of it is read all the same. */
export function readYaml(text: string): Yaml {
  const lines = new LineCounter();
  const whole = parsed(text, lines);
  const { text: rest, faults, out }: Mended = whole.errors.length > 0 ? mended(text) : { text, faults: [], out: [] };
  const own = rest === text ? lines : new LineCounter();
  const document = rest === text ? whole : parsed(rest, own);
  const lineAt = (at: number) => own.linePos(at).line;
  const lineOf = (path: Fault['path']) => {
    for (let length = path.length; length > 0; length -= 1) {
      const node = nodeAt(document, path.slice(0, length));
      if (node) return lineAt(keyAt(document, path.slice(0, length)) ?? node[0]);
    }
    return undefined;
  };
  const isOut = (path: Fault['path']) => {
    const line = lineOf(path);
    return line !== undefined && out.some(([from, to]) => from <= line && line <= to);
  };
  const holdsOut = (path: Fault['path']) => {
    const node = path.length > 0 ? nodeAt(document, path) : undefined;
    return node !== undefined && out.some(([from]) => lineAt(node[0]) <= from && from <= lineAt(node[2]));
  };
  const [left] = document.errors;
  const odd = left ? [said([], syntaxText(left), lineAt(left.pos[0]))] : oddities(document, lineAt);
  const read = left ? { value: undefined, faults: [] } : plainOf(document, lineAt);
  return { value: read.value, faults: [...faults, ...odd, ...read.faults], lineOf, isOut, holdsOut };
}

function parsed(text: string, lineCounter: LineCounter): Document {
  return parseDocument(text, { lineCounter, uniqueKeys: false });
}

type Range = readonly [number, number, number];

function nodeAt(document: Document, path: Fault['path']): Range | undefined {
  const node = document.getIn(path, true) as { readonly range?: Range | null } | undefined;
  return node?.range ?? undefined;
}

/** Where the name of it stands, if it has one. */
function keyAt(document: Document, path: Fault['path']): number | undefined {
  const above = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const pair = isMap(above)
    ? above.items.find(({ key }) => String((key as { value?: unknown })?.value) === path.at(-1))
    : undefined;
  return (pair?.key as { readonly range?: Range } | undefined)?.range?.[0];
}

function said(path: Fault['path'], message: string, line: number): string {
  return `${pathText(path)}: ${message} (line ${line})`;
}

/** What YAML has and a configuration has not: a setting twice, a name that is no text, tags, and merging. */
function oddities(document: Document, lineAt: (at: number) => number): readonly string[] {
  const all: string[] = [];
  for (const warning of document.warnings)
    all.push(said([], 'has a YAML tag (!…), which means nothing here', lineAt(warning.pos[0])));
  visit(document, {
    Map(_, map, above) {
      const seen = new Map<string, number>();
      const path = pathOf([...above, map]);
      const isRight = (key: unknown): boolean => {
        const { value, range } = (key ?? {}) as { readonly value?: unknown; readonly range?: Range };
        const line = lineAt(range?.[0] ?? 0);
        const name = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
        const before = typeof name === 'string' ? seen.get(name) : undefined;
        if (typeof name !== 'string') all.push(said(path, 'has a name that is no text', line));
        else if (name === '<<') all.push(said(path, 'merging (<<) is not read here; write the settings out', line));
        else if (before === undefined) seen.set(name, line);
        else all.push(said([...path, name], `is set twice, first in line ${before}`, line));
        return typeof name === 'string' && name !== '<<';
      };
      map.items = map.items.filter(({ key }) => isRight(key));
    },
  });
  return all;
}

/** The path of a node by those above it. */
function pathOf(nodes: readonly unknown[]): Fault['path'] {
  return nodes.flatMap((node, i): (string | number)[] => {
    const next = nodes[i + 1];
    const items = (node as { readonly items?: readonly unknown[] }).items;
    if (items && !isMap(node)) return [items.indexOf(next)];
    const key = (node as { readonly key?: { readonly value?: unknown } }).key;
    return key && next !== undefined && next !== key ? [String(key.value)] : [];
  });
}

/** The document as plain values. Aliases are looked up only here, and may lead nowhere. */
function plainOf(document: Document, lineAt: (at: number) => number): Pick<Yaml, 'value' | 'faults'> {
  const names: string[] = [];
  const lost: string[] = [];
  visit(document, {
    Node(_, node) {
      if (!isAlias(node) && node.anchor) names.push(node.anchor);
    },
    Alias(_, node) {
      if (names.includes(node.source)) return;
      const near = didYouMean(node.source, names);
      lost.push(said([], `*${node.source} stands for nothing before it${near}`, lineAt(node.range?.[0] ?? 0)));
    },
  });
  if (lost.length > 0) return { value: undefined, faults: lost };
  try {
    return { value: document.toJS({ maxAliasCount: MOST_ALIASES }), faults: [] };
  } catch (error) {
    if (error instanceof YAMLError || !(error instanceof ReferenceError)) throw error;
    return { value: undefined, faults: ['drawbridge.yaml: its aliases (*name) stand for too much; write it out'] };
  }
}

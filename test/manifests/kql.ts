import { called, compared, literalOf } from './kql-values.ts';
import type { KqlNode, Workspace } from './kusto.ts';

/*
 * Runs a query over rows, as far as the queries here need it: where, extend, project, distinct, join, summarize … by, and order by, over the tree that
 * Microsoft's own parser made of it. Whatever else a query has is refused, never passed over.
 */

export type KqlRow = Readonly<Record<string, unknown>>;
type Row = KqlRow;

export interface Running {
  readonly workspace: Workspace;
  /** Tables with their rows, and functions with their bodies. Instants are UTC milliseconds, lengths of time milliseconds. */
  readonly tables: Readonly<Record<string, readonly Row[]>>;
  readonly functions: Readonly<Record<string, string>>;
  readonly now: number;
  /** Parameters and `let`s. */
  readonly names?: Readonly<Record<string, unknown>>;
}

/** Microsoft's parser takes longer than running what it made. */
const trees = new WeakMap<Workspace, Map<string, KqlNode>>();

function treeOf(text: string, workspace: Workspace): KqlNode {
  const known = trees.get(workspace) ?? new Map<string, KqlNode>();
  const tree = known.get(text) ?? workspace.analyse(text).syntax;
  trees.set(workspace, known.set(text, tree));
  return tree;
}

/** The rows that a query gives. */
export function run(text: string, running: Running): readonly Row[] {
  const syntax = treeOf(text, running.workspace);
  let names = running.names ?? {};
  let { tables } = running;
  let rows: readonly Row[] | undefined;
  for (const one of list(parts(syntax).findLast((part) => nameOf(part) === 'SyntaxList'))) {
    if (nameOf(one) === 'LetStatement') {
      const [, name, , value] = parts(one);
      const known = { ...running, names, tables };
      if (isTable(value, known)) tables = { ...tables, [textOf(name)]: tableOf(value, known) };
      else names = { ...names, [textOf(name)]: evaluate(value, {}, known) };
    } else rows = tableOf(parts(one)[0], { ...running, names, tables });
  }
  if (!rows) throw new Error('the query has no result');
  return rows;
}

function isTable(node: KqlNode | undefined, { tables, functions }: Running): boolean {
  return nameOf(node) === 'PipeExpression' || [tables, functions].some((all) => Object.hasOwn(all, textOf(node)));
}

function tableOf(node: KqlNode | undefined, running: Running): readonly Row[] {
  const kind = nameOf(node);
  if (kind === 'NameReference') {
    const name = textOf(node);
    const { [name]: body } = running.functions;
    if (body !== undefined) return run(body, running);
    const { [name]: rows } = running.tables;
    if (rows) return rows;
  }
  if (kind !== 'PipeExpression') throw unknown(node);
  const [source, , operator] = parts(node);
  const rows = tableOf(source, running);
  const [, ...rest] = parts(operator);
  switch (nameOf(operator)) {
    case 'FilterOperator':
      return rows.filter((row) => evaluate(rest.at(-1), row, running) === true);
    case 'ExtendOperator':
      return rows.map((row) => extended(row, list(rest[0]), running));
    case 'ProjectOperator':
      return rows.map((row) => Object.assign({}, ...list(rest[0]).map((one) => columnOf(one, row, running))));
    case 'DistinctOperator': {
      const columns = list(rest.at(-1)).map(textOf);
      return [...Map.groupBy(rows, (row) => JSON.stringify(columns.map((column) => row[column]))).values()].map(
        ([row = {}]) => Object.fromEntries(columns.map((column) => [column, row[column]])),
      );
    }
    case 'JoinOperator':
      return join(rows, rest, running);
    case 'SummarizeOperator':
      return summarize(rows, rest, running);
    case 'SortOperator':
      return sort(rows, list(rest.at(-1)), running);
    default:
      throw unknown(operator);
  }
}

/** Later columns see earlier ones. */
function extended(row: Row, columns: readonly KqlNode[], running: Running): Row {
  let made = row;
  for (const one of columns) made = Object.assign({}, made, columnOf(one, made, running));
  return made;
}

function columnOf(node: KqlNode, row: Row, running: Running): Row {
  if (nameOf(node) === 'NameReference') return { [textOf(node)]: evaluate(node, row, running) };
  if (nameOf(node) !== 'SimpleNamedExpression') throw unknown(node);
  const [name, , value] = parts(node);
  return { [textOf(name)]: evaluate(value, row, running) };
}

/** Columns of the other side have a `1` behind their name where this side has them, too; of what is not there, they are null. */
function join(rows: readonly Row[], rest: readonly KqlNode[], running: Running): readonly Row[] {
  const [kind, other, on] = rest;
  const isOuter = /^kind\s*=\s*leftouter$/.test(textOf(kind));
  if (!isOuter && !/^kind\s*=\s*inner$/.test(textOf(kind))) throw unknown(kind);
  const keys = list(parts(on)[1]).map(textOf);
  const placeOf = (row: Row) => JSON.stringify(keys.map((key) => row[key]));
  const others = Map.groupBy(tableOf(other, running), placeOf);
  return rows.flatMap((row) => {
    const found = others.get(placeOf(row)) ?? (isOuter ? [{}] : []);
    return found.map((one) => {
      const named = Object.entries(one).map(([name, value]) => [name in row ? `${name}1` : name, value] as const);
      return { ...row, ...Object.fromEntries(named) };
    });
  });
}

function summarize(rows: readonly Row[], rest: readonly KqlNode[], running: Running): readonly Row[] {
  const by = rest.find((one) => nameOf(one) === 'SummarizeByClause');
  const keys = list(parts(by)[1]).map(textOf);
  const aggregates = list(rest.findLast((one) => nameOf(one) === 'SyntaxList'));
  const groups = Map.groupBy(rows, (row) => JSON.stringify(keys.map((key) => row[key])));
  return [...groups.values()].map((own) => {
    const key = Object.fromEntries(keys.map((name) => [name, own[0]?.[name]]));
    return Object.assign(key, ...aggregates.map((one) => aggregateOf(one, own, running)));
  });
}

function aggregateOf(node: KqlNode, rows: readonly Row[], running: Running): Row {
  const isNamed = nameOf(node) === 'SimpleNamedExpression';
  const [called, args] = parts(isNamed ? parts(node)[2] : node);
  const [first, second] = list(parts(args)[1]);
  const values = (own: readonly Row[]) =>
    own.map((row) => evaluate(first, row, running)).filter((value) => value !== undefined);
  const chosen = () => rows.filter((row) => evaluate(second, row, running) === true);
  const numbers = () => values(chosen()) as number[];
  const give = (value: unknown): Row => ({ [textOf(parts(node)[0])]: value });
  switch (textOf(called)) {
    case 'max':
      return give(Math.max(...(values(rows) as number[])));
    case 'make_set':
      return give([...new Set(values(rows))]);
    case 'minif':
      return give(numbers().length > 0 ? Math.min(...numbers()) : undefined);
    case 'maxif':
      return give(numbers().length > 0 ? Math.max(...numbers()) : undefined);
    case 'take_anyif':
      return give(values(chosen())[0]);
    case 'make_set_if':
      return give([...new Set(values(chosen()))]);
    case 'count':
      return give(rows.length);
    case 'countif':
      return give(rows.filter((row) => evaluate(first, row, running) === true).length);
    case 'arg_max': {
      if (isNamed) throw unknown(node);
      const at = (row: Row) => Number(evaluate(first, row, running));
      const most = rows.reduce((one, row) => (at(row) > at(one) ? row : one));
      const only = [textOf(first), textOf(second)];
      return textOf(second) === '*' ? most : Object.fromEntries(only.map((name) => [name, most[name]]));
    }
    default:
      throw unknown(node);
  }
}

function sort(rows: readonly Row[], by: readonly KqlNode[], running: Running): readonly Row[] {
  const [only, ...more] = by;
  const [value, clause] = parts(only);
  if (!only || more.length > 0 || nameOf(only) !== 'OrderedExpression') throw unknown(only);
  const sign = textOf(clause) === 'asc' ? 1 : -1;
  const at = (row: Row) => Number(evaluate(value, row, running) ?? Number.NEGATIVE_INFINITY);
  return rows.toSorted((a, b) => sign * (at(a) - at(b)));
}

function evaluate(node: KqlNode | undefined, row: Row, running: Running): unknown {
  const [first, second, third] = parts(node);
  const value = (one: KqlNode | undefined) => evaluate(one, row, running);
  switch (nameOf(node)) {
    case 'NameReference':
      return textOf(node) in row ? row[textOf(node)] : running.names?.[textOf(node)];
    case 'LiteralExpression':
      return literalOf(textOf(node));
    case 'ParenthesizedExpression':
      return value(second);
    case 'InExpression': {
      const [table, ...more] = list(parts(third)[1]);
      const column = isTable(table, running) ? tableOf(table, running).map((one) => Object.values(one)[0]) : undefined;
      const all = column ?? [...(table ? [table] : []), ...more].map(value);
      return textOf(second) === 'in' ? all.includes(value(first)) : !all.includes(value(first));
    }
    case 'BetweenExpression': {
      const [, from, , to] = parts(third);
      return compared('>=', value(first), () => value(from)) && compared('<=', value(first), () => value(to));
    }
    case 'BinaryExpression':
      return compared(textOf(second), value(first), () => value(third));
    case 'ElementExpression':
      return (value(first) as readonly unknown[])[Number(value(parts(second)[1]))];
    case 'FunctionCallExpression':
      return called(textOf(first), list(parts(second)[1]).map(value), running.now);
    default:
      throw unknown(node);
  }
}

/** Elements of a list with separators. */
function list(node: KqlNode | undefined): readonly KqlNode[] {
  return parts(node).flatMap((one) => (nameOf(one) === 'SeparatedElement' ? (parts(one)[0] ?? []) : [one]));
}

/** Reading the tree takes longer than running it. */
const children = new WeakMap<KqlNode, readonly KqlNode[]>();
const texts = new WeakMap<KqlNode, string>();

function parts(node: KqlNode | undefined): readonly KqlNode[] {
  if (!node) return [];
  const known = children.get(node);
  if (known) return known;
  const own = Array.from({ length: node.ChildCount }, (_, i) => node.GetChild(i)).flatMap((one) => one ?? []);
  children.set(node, own);
  return own;
}

/** `FilterOperator`; a list has the name of what is in it behind its own. */
function nameOf(node: KqlNode | undefined): string {
  return /^Kusto\.Language\.Syntax\.(\w+)/.exec(node?.constructor.$$name ?? '')?.[1] ?? '';
}

/** Without the comments before it. */
function textOf(node: KqlNode | undefined): string {
  if (!node) return '';
  const text =
    texts.get(node) ??
    node
      .toString(0)
      .replace(/^(?:\s|\/\/[^\n]*\n)+/, '')
      .trim();
  texts.set(node, text);
  return text;
}

function unknown(node: KqlNode | undefined): Error {
  return new Error(`not evaluated here: ${nameOf(node)} ${textOf(node).slice(0, 60)}`);
}

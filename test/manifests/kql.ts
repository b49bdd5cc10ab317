import type { KqlNode, Workspace } from './kusto.ts';

/*
 * Runs a query over rows, as far as the queries here need it: where, extend, project, summarize … by, and order by, over the tree that
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

/** The rows that a query gives. */
export function run(text: string, running: Running): readonly Row[] {
  const { syntax } = running.workspace.analyse(text);
  let names = running.names ?? {};
  let rows: readonly Row[] | undefined;
  for (const one of list(parts(syntax).findLast((part) => nameOf(part) === 'SyntaxList'))) {
    if (nameOf(one) === 'LetStatement') {
      const [, name, , value] = parts(one);
      names = { ...names, [textOf(name)]: evaluate(value, {}, { ...running, names }) };
    } else rows = tableOf(parts(one)[0], { ...running, names });
  }
  if (!rows) throw new Error('the query has no result');
  return rows;
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
    case 'minif':
      return give(numbers().length > 0 ? Math.min(...numbers()) : undefined);
    case 'maxif':
      return give(numbers().length > 0 ? Math.max(...numbers()) : undefined);
    case 'take_anyif':
      return give(values(chosen())[0]);
    case 'make_set_if':
      return give([...new Set(values(chosen()))]);
    case 'countif':
      return give(rows.filter((row) => evaluate(first, row, running) === true).length);
    case 'arg_max': {
      if (isNamed || textOf(second) !== '*') throw unknown(node);
      const at = (row: Row) => Number(evaluate(first, row, running));
      return rows.reduce((most, row) => (at(row) > at(most) ? row : most));
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
      const all = list(parts(third)[1]).map(value);
      return textOf(second) === 'in' ? all.includes(value(first)) : !all.includes(value(first));
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

function compared(operator: string, left: unknown, right: () => unknown): unknown {
  if (operator === 'and') return left === true && right() === true;
  if (operator === 'or') return left === true || right() === true;
  const [a, b] = [left, right()] as readonly [number, number];
  if (operator === '==') return a === b;
  if (operator === '!=') return a !== b;
  if (operator === '+' || operator === '-')
    return a === undefined || b === undefined ? undefined : operator === '+' ? a + b : a - b;
  // What is not there is neither before nor after anything.
  if (a === undefined || b === undefined) return false;
  if (operator === '>') return a > b;
  if (operator === '<') return a < b;
  throw new Error(`not evaluated here: ${operator}`);
}

function called(name: string, [a, b, c, ...rest]: readonly unknown[], now: number): unknown {
  switch (name) {
    case 'ago':
      return now - Number(a);
    case 'not':
      return a !== true;
    case 'isempty':
      return a === '' || a === undefined;
    case 'isnotempty':
      return a !== '' && a !== undefined;
    case 'isnotnull':
      return a !== undefined;
    case 'isnull':
      return a === undefined;
    case 'now':
      return now;
    case 'iff':
      return a === true ? b : c;
    case 'case': {
      const all = [a, b, c, ...rest];
      const at = all.findIndex((one, i) => i % 2 === 0 && (one === true || i === all.length - 1));
      return at === all.length - 1 ? all[at] : all[at + 1];
    }
    case 'coalesce':
      return [a, b, c, ...rest].find((one) => one !== '' && one !== undefined);
    case 'tostring':
      return String(a ?? '');
    case 'int':
    case 'toint':
      return a === '' || a === undefined ? undefined : Number(a);
    case 'split':
      return String(a).split(String(b));
    case 'extract':
      return new RegExp(String(a)).exec(String(c))?.[Number(b)] ?? '';
    case 'bag_pack': {
      const all = [a, b, c, ...rest];
      return Object.fromEntries(all.flatMap((one, i) => (i % 2 === 0 ? [[String(one), all[i + 1]]] : [])));
    }
    default:
      throw new Error(`not evaluated here: ${name}()`);
  }
}

const SPANS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 };

function literalOf(text: string): unknown {
  if (/^".*"$|^'.*'$/.test(text)) return text.slice(1, -1);
  const [, count, unit = ''] = /^(?:int\()?(\d+)([dhms]?)\)?$/.exec(text) ?? [];
  if (count !== undefined) return Number(count) * (SPANS[unit] ?? 1);
  if (text === 'true' || text === 'false') return text === 'true';
  throw new Error(`not evaluated here: ${text}`);
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

import { createRequire } from 'node:module';

/*
 * Microsoft's language service for KQL, as far as it is used here. It is compiled from C#: overloads have numbers, which are those of
 * the version in package.json, and it leaves globals behind.
 */

/** A node of a query's syntax tree. */
export interface KqlNode {
  readonly ChildCount: number;
  GetChild(at: number): KqlNode | null;
  /** 0: all of its text. */
  toString(what: number): string;
  readonly constructor: { readonly $$name?: string };
}

interface List<T> {
  readonly Count: number;
  getItem(at: number): T;
}

interface Code {
  readonly Syntax: KqlNode;
  readonly ResultType: { readonly Columns?: List<{ readonly Name: string; readonly Type: { readonly Name: string } }> };
  GetDiagnostics(): List<{ readonly Severity: string; readonly Code: string; readonly Message: string }>;
}

interface Language {
  readonly KustoCode: { ParseAndAnalyze(text: string, globals: unknown): Code };
  readonly GlobalState: { readonly Default: { WithDatabase(database: unknown): unknown } };
  readonly Symbols: {
    readonly TableSymbol: { From(schema: string): { WithName(name: string): unknown } };
    readonly FunctionSymbol: {
      readonly $ctor16: new (name: string, parameters: string, body: string, description: null) => unknown;
    };
    readonly DatabaseSymbol: { readonly ctor: new (name: string, symbols: readonly unknown[]) => unknown };
  };
}

function load(): Language {
  const require = createRequire(import.meta.url);
  require('@kusto/language-service-next/bridge.min.js');
  require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
  return (globalThis as unknown as { readonly Kusto: { readonly Language: Language } }).Kusto.Language;
}

const language = load();

export interface KqlColumn {
  readonly name: string;
  readonly type: string;
}

interface KqlFunction {
  readonly name: string;
  readonly parameters?: string;
  readonly body: string;
}

/** A workspace with a table and functions, by which queries are analysed. */
export class Workspace {
  readonly #globals: unknown;

  constructor(tables: Readonly<Record<string, readonly KqlColumn[]>>, functions: readonly KqlFunction[] = []) {
    const { TableSymbol, FunctionSymbol, DatabaseSymbol } = language.Symbols;
    const all = Object.entries(tables).map(([name, columns]) =>
      TableSymbol.From(`(${columns.map((one) => `${one.name}:${one.type}`).join(', ')})`).WithName(name),
    );
    const own = functions.map(
      ({ name, parameters = '', body }) => new FunctionSymbol.$ctor16(name, `(${parameters})`, `{\n${body}\n}`, null),
    );
    this.#globals = language.GlobalState.Default.WithDatabase(new DatabaseSymbol.ctor('workspace', [...all, ...own]));
  }

  /** What is wrong with a query, and the columns that it gives. An empty text is wrong, too, which the service does not say. */
  analyse(text: string): {
    readonly faults: readonly string[];
    readonly columns: readonly KqlColumn[];
    readonly syntax: KqlNode;
  } {
    const code = language.KustoCode.ParseAndAnalyze(text, this.#globals);
    const faults = items(code.GetDiagnostics()).map(({ Severity, Code, Message }) => `${Severity} ${Code}: ${Message}`);
    const columns = code.ResultType?.Columns
      ? items(code.ResultType.Columns).map(({ Name, Type }) => ({ name: Name, type: Type.Name }))
      : [];
    return { faults: columns.length === 0 ? [...faults, 'it gives no columns'] : faults, columns, syntax: code.Syntax };
  }
}

function items<T>(list: List<T>): readonly T[] {
  return Array.from({ length: list.Count }, (_, i) => list.getItem(i));
}

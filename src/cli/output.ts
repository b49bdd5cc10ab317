import type { Kind } from '../core/errors/entry.ts';
import { JitError, sayOf } from '../core/errors/errors.ts';
import { ENGLISH } from '../core/language/text.ts';
import { reportIn } from '../core/view/in-tongue.ts';
import type { Report } from '../core/view/report.ts';
import { asTyped, dated, fitted, widthOf, wrapped } from './words.ts';

/** What `--json` prints where a command has no form of its own: what it said, the page that it showed, and why it did not work. */
interface SaidDocument {
  readonly said: string[];
  page?: {
    readonly title: string;
    readonly sections: readonly { readonly heading: string; readonly lines: string[] }[];
  };
  error?: Wrong;
}

interface Wrong {
  readonly code: string;
  readonly kind: string;
  readonly detail: string;
}

/** Set while a command prints JSON: one document at its end, whatever becomes of it. */
let kept: SaidDocument | undefined;

/** From here on nothing is printed but one JSON document: that of the command itself, or what it said. */
export function keepForJson(): void {
  kept = { said: [] };
}

/** Prints a line of prose, as a terminal of its width shows it; with `--json` it is one of `said`. */
export function sayLine(text: string): void {
  sayText(fitted(asTyped(text), kept ? {} : process.stdout));
}

/** Prints what is to be pasted, signed, or kept in a file: to the letter, at a terminal, too. With `--json` it is one of `said`. */
export function sayText(text: string): void {
  if (kept) kept.said.push(text);
  else console.log(text);
}

/** Says on standard error, as a terminal of its width shows it, why something did not work. */
export function complain(text: string): void {
  console.error(fitted(text, process.stderr));
}

/** Says on standard error why it was not done, or not all of it, and sets exit code 1; with `--json` that is the `error`, too. */
export function sayNotDone(text: string, kind: Kind = 'conflict'): void {
  const line = asTyped(text);
  complain(line);
  if (kept) kept.error = { code: 'notDone', kind, detail: kept.error ? `${kept.error.detail}\n${line}` : line };
  process.exitCode = 1;
}

/** Prints one JSON document, and nothing else: for programs. */
export function printJson(value: unknown): void {
  kept = undefined;
  console.log(JSON.stringify(value, null, 2));
}

/** Prints a report. A terminal gets it broken at words; a pipe gets each row as one line. */
export function show(report: Report): void {
  const { title, sections } = reportIn(report, ENGLISH);
  if (kept) {
    const said = sections.map(({ heading, rows }) => ({
      heading,
      lines: rows.map(({ line }) => asTyped(dated(line))),
    }));
    kept.page = { title, sections: said };
    return;
  }
  const width = widthOf(process.stdout, Number.POSITIVE_INFINITY);
  console.log(wrapped(title, width));
  for (const { heading, rows } of sections) {
    if (heading !== '') console.log(`\n${wrapped(heading, width)}`);
    for (const { line } of rows) console.log(wrapped(asTyped(dated(line)), width));
  }
}

/** A command line that is wrong, where it asks for JSON: then that is told as any other error is. */
export function endWrong(message: string, argv: readonly string[]): void {
  if (!argv.includes('--json')) return;
  const detail = message.replace(/^error: /, '').split('\n', 1)[0] ?? '';
  printJson({ said: [], error: { code: 'commandLine', kind: 'invalid', detail } });
}

/**
 * The end of a command: prints what was kept for `--json`, with the error that ended it. Without `--json` there is nothing.
 *
 * @param typed gives a text of chat as whoever runs the command reads it
 */
export function endOutput(error?: unknown, typed: (text: string) => string = asTyped): void {
  if (!kept) return;
  const told = error === undefined ? undefined : errorOf(error);
  if (told) kept.error = { ...told, detail: typed(told.detail) };
  // What it said is why.
  const detail = kept.said.join('\n') || (kept.page?.title ?? '');
  if (process.exitCode) kept.error ??= { code: 'notDone', kind: 'conflict', detail };
  printJson(kept);
}

function errorOf(error: unknown): Wrong {
  // A refusal that the server told has both, too.
  const { kind = 'bug' } = error as { readonly kind?: string };
  if (error instanceof JitError) return { code: error.code, kind, detail: error.text };
  const { code } = error as { readonly code?: unknown };
  if (typeof code === 'string' && 'kind' in (error as object)) return { code, kind, detail: (error as Error).message };
  const said = sayOf(error, 'none');
  return { code: said.code, kind, detail: said.text };
}

import { JitError } from '../core/errors/errors.ts';
import { dayAt } from '../core/language/day.ts';
import type { Instant } from '../core/language/instant.ts';
import { clockText, ENGLISH, type Line, plainly, spoken } from '../core/language/text.ts';

/** A word that came as one from the shell stays one. */
export function quoted(word: string): string {
  return /\s/.test(word) ? `"${word}"` : word;
}

/** As plain text, and instants with their day: what a terminal shows may be of long ago. */
export function dated(line: Line): string {
  return plainly(
    spoken(line, ENGLISH).map((span) => (typeof span !== 'string' && 'at' in span ? dayText(span.at) : span)),
  );
}

function dayText(at: Instant): string {
  return `${dayAt(at, 'UTC').date} ${clockText(at)}`;
}

/** Columns of what is written to; `otherwise` where it is no terminal, or one that does not know (it says 0, as in containers and CI). */
export function widthOf(stream: { readonly columns?: number } | undefined, otherwise: number): number {
  return stream?.columns || otherwise;
}

/** Commands of chat that the operator has by the same words; a list here is of everything, and who confirms a putting back does so in chat. */
const HERE =
  /`\/jit (?=list`|restore |(?:close|consent|doctor|lockdowns|machines|protect|revoke|show|unprotect|why)\b)/g;

/** A text of chat as the operator reads it: what is a command here, too, stands as it is typed here. */
export function asTyped(text: string): string {
  return text
    .replaceAll(
      '`/jit request` alone lists the machines you can request',
      '`npx jit machines` lists those that are protected; any other is named as its cloud names it, or by its ID',
    )
    .replaceAll('`/jit list` shows your requests', '`npx jit list` shows what is open or waits')
    .replace(HERE, '`npx jit ');
}

/** The operator may close anything: what is in use is named with the command for it. */
export function closable(error: unknown): unknown {
  if (!(error instanceof JitError) || error.code !== 'stillLeased') return error;
  const [id] = error.choices;
  return id === undefined ? error : error.instead(`\`/jit revoke ${id}\``);
}

const INDENT = 3;

/** Broken between words, and in no code marks, in lines of at most so many characters where words are no longer; the second and all further ones are indented. */
export function wrapped(text: string, width: number): string {
  if (text.length <= width) return text;
  const lines: string[] = [];
  for (const word of wordsIn(text)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(lines.length === 0 ? word : `${' '.repeat(INDENT)}${word}`);
  }
  return lines.join('\n');
}

/** What stands in code marks is one word: it is to be typed or pasted. */
function wordsIn(text: string): readonly string[] {
  const whole = text.replace(/`[^`\n]+`/g, (code) => code.replaceAll(' ', '\0'));
  return whole.split(' ').map((word) => word.replaceAll('\0', ' '));
}

/** Lines as a terminal of its width shows them: each broken between words, behind its own indent. Elsewhere as they are. */
export function fitted(text: string, stream: { readonly columns?: number }): string {
  const width = widthOf(stream, Number.POSITIVE_INFINITY);
  const lines = text.split('\n').map((line) => {
    const indent = /^ */.exec(line)?.[0] ?? '';
    return wrapped(line.slice(indent.length), width - indent.length).replaceAll(/^/gm, indent);
  });
  return lines.join('\n');
}

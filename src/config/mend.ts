import { isScalar, parseDocument, YAMLParseError } from 'yaml';
import { spaceText, syntaxText } from './syntax.ts';

/** A text without what cannot be read of it: lines stay where they are. */
export interface Mended {
  readonly text: string;
  readonly faults: readonly string[];
  /** First and last line of each part that was taken out. */
  readonly out: readonly (readonly [number, number])[];
}

/** Sections, what is in them, and what is in that: a broken line takes no more with it. */
const DEPTH = 3;

/** Takes out the smallest parts that break a text, with the first thing that is wrong in each: the rest follows from it. */
export function mended(text: string): Mended {
  const lines = text.split('\n');
  const found: { readonly at: number; readonly message: string; readonly to: number; readonly from: number }[] = [];
  const second = lines.findIndex((line, i) => /^---(?:\s|$)/.test(line) && lines.slice(0, i).some(holdsText));
  if (second > 0) {
    found.push({
      at: second,
      from: second,
      to: lines.length - 1,
      message: 'a second document begins; a configuration is one',
    });
    lines.fill('', second);
  }
  take([0, lines.length], DEPTH);
  const faults = found
    .sort((a, b) => a.at - b.at)
    .map(({ at, from, message }) => `${sectionOf(text.split('\n'), from)}: ${message} (line ${at + 1})`);
  return { text: lines.join('\n'), faults, out: found.map(({ from, to }) => [from + 1, to + 1]) };

  /** Mends the lines of one part: by what is in it, or by taking all of it out. */
  function take([from, to]: readonly [number, number], depth: number): void {
    const isSection = depth === DEPTH - 1;
    const first = depth === DEPTH || errorIn(lines.slice(from, to), isSection);
    if (!first) return;
    const before = found.length;
    if (depth > 0) for (const part of partsOf(lines, from, to, depth === DEPTH)) take(part, depth - 1);
    if (first === true || !errorIn(lines.slice(from, to), isSection)) return;
    // It is not what is in it, but how that stands together.
    found.splice(before);
    const at = Math.min(from + first.line - 1, to - 1);
    const own = { at, message: spaceText(lines[at] ?? '') ?? syntaxText(first), from, to: to - 1 };
    found.push(own);
    lines.splice(from, to - from, emptied(lines[from] ?? ''), ...Array<string>(to - from - 1).fill(''));
  }
}

type Wrong = YAMLParseError & { readonly line: number };

function errorIn(lines: readonly string[], isSection = false): Wrong | undefined {
  const text = lines.join('\n');
  const { errors, contents } = parseDocument(text, { uniqueKeys: false, prettyErrors: false });
  // A text alone is right by itself, but no section.
  const bare = isSection && isScalar(contents) && contents.value !== null && !/^(?:---|%)/.test(text);
  const at = bare ? (contents.range?.[0] ?? 0) : 0;
  const error = errors[0] ?? (bare ? new YAMLParseError([at, at], 'MULTILINE_IMPLICIT_KEY', '') : undefined);
  return error && Object.assign(error, { line: text.slice(0, error.pos[0]).split('\n').length });
}

function holdsText(line: string): boolean {
  return /^\s*[^\s#]/.test(line);
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** The parts of some lines: each begins where one is indented as the first. The line that they belong to is none of them. */
function partsOf(
  lines: readonly string[],
  from: number,
  to: number,
  isAll: boolean,
): readonly (readonly [number, number])[] {
  const start = isAll ? from : from + 1;
  const first = lines.slice(start, to).find(holdsText);
  if (first === undefined) return [];
  const indent = isAll ? 0 : indentOf(first);
  const heads = Array.from({ length: to - start }, (_, i) => start + i).filter((i) => {
    const line = lines[i] ?? '';
    // Items of a list may stand as far left as the name of the list.
    const isItem = isAll && /^-(?:\s|$)/.test(line);
    return holdsText(line) && indentOf(line) <= indent && !isItem;
  });
  return heads.map((head, i) => [head, heads[i + 1] ?? to]);
}

/** What stands for a part that was taken out, so that nothing else moves. */
function emptied(head: string): string {
  const [, item] = /^(\s*-)(?:\s|$)/.exec(head) ?? [];
  if (item !== undefined) return `${item} null`;
  const [, name] = /^(\s*[\w-]+):?(?:\s|$)/.exec(head) ?? [];
  return name === undefined ? '' : `${name}: null`;
}

/** The section that a line is in. */
function sectionOf(lines: readonly string[], at: number): string {
  for (let i = at; i >= 0; i -= 1) {
    const [, name] = /^([\w-]+):/.exec(lines[i] ?? '') ?? [];
    if (name !== undefined) return name;
  }
  return 'drawbridge.yaml';
}

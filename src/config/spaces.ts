import { parseDocument } from 'yaml';

/** A text with spaces where others stood, and what is wrong about these. Of tabs nobody knows how wide they were meant. */
export interface Spaced {
  readonly faults: readonly string[];
  /** The text as it may be meant, the likeliest first. */
  readonly readings: readonly [string, ...string[]];
}

const TAB_WIDTHS = [2, 4, 8, 6, 10];
const INDENT = /^[ \t\u00a0\u2000-\u200b\u3000\ufeff]*/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const NO_TEXT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;
const TAB = 'a tab is in the indentation; use spaces';
const ODD = 'a space that is none for YAML is in the indentation; use plain spaces';
const CONTROL = 'has a character that is no text';

/** Makes lines, spaces, and letters plain. */
export function spaced(given: string): Spaced {
  const lines = given
    .replace(/^\ufeff/, '')
    .replace(/\r\n?/g, '\n')
    .split('\n');
  const control = lines.flatMap((line, i) => (line.search(NO_TEXT) < 0 ? [] : [i]));
  const odd = lines.flatMap((line, i) => (/[^ \t]/.test(INDENT.exec(line)?.[0] ?? '') ? [i] : []));
  const plain = lines.map((line) =>
    line
      .replace(NO_TEXT, '')
      .replace(INDENT, (indent) => indent.replace(/[^ \t]/g, (one) => (one === '\u200b' ? '' : ' '))),
  );
  const faults = [...told(control, CONTROL), ...told(odd, ODD)];
  const tabs = plain.flatMap((line, i) => (/^ *\t\s*[^\s#]/.test(line) ? [i] : []));
  const text = plain.join('\n');
  if (tabs.length === 0 || parseDocument(text).errors.length === 0) return { faults, readings: [text] };
  const [first = text, ...others] = new Set([
    ...(['next', 'last', 'inside'] as const).map((like) => beside(plain, like)),
    ...TAB_WIDTHS.map((width) => plain.map((line) => widened(line, width)).join('\n')),
  ]);
  return { faults: [...faults, ...told(tabs, TAB)], readings: [first, ...others] };
}

function indentOf(line: string): string {
  return /^ */.exec(line)?.[0] ?? '';
}

/** Lines with tabs indented as the line after them, the one before, or below that one. */
function beside(lines: readonly string[], like: 'next' | 'last' | 'inside'): string {
  const isPlain = (line: string) => line.trim() !== '' && !/^ *\t/.test(line);
  return lines
    .map((line, i) => {
      if (!/^ *\t/.test(line)) return line;
      const near = like === 'next' ? lines.slice(i + 1).find(isPlain) : lines.slice(0, i).findLast(isPlain);
      return `${indentOf(near ?? '')}${like === 'inside' ? '  ' : ''}${line.trimStart()}`;
    })
    .join('\n');
}

function widened(line: string, width: number): string {
  return line.replace(/^[ \t]*/, (indent) => indent.replaceAll('\t', ' '.repeat(width)));
}

/** One fault for lines that follow each other. */
function told(at: readonly number[], message: string): readonly string[] {
  const runs: [number, number][] = [];
  for (const i of at) {
    const last = runs.at(-1);
    if (last && last[1] === i - 1) last[1] = i;
    else runs.push([i, i]);
  }
  return runs.map(([from, to]) =>
    from === to
      ? `drawbridge.yaml: ${message} (line ${from + 1})`
      : `drawbridge.yaml: ${message} (lines ${from + 1} to ${to + 1})`,
  );
}

/** One command of a page: the program and its words, with quotes taken off. */
export interface CommandLine {
  readonly program: string;
  readonly words: readonly string[];
  /** As it stands in the page, in one line. */
  readonly text: string;
}

/** The commands of all `sh` blocks of a page, in their order. Comments, redirections, and what `<<'END'` feeds in are left out. */
export function commandsIn(page: string): readonly CommandLine[] {
  return blocksOf(page, 'sh').flatMap((block) => {
    const fed = block.replaceAll(/<<'(\w+)'[^\n]*\n[\s\S]*?\n\1(?=\n|$)/g, '');
    return fed
      .replaceAll(/\\\n\s*/g, ' ')
      .split('\n')
      .flatMap((line) => split(line).flatMap(commandOf));
  });
}

/** The commands of `jit` in running text: `npx jit doctor`, `jit ssh web-1`. */
export function spansIn(page: string): readonly CommandLine[] {
  const outside = page.replaceAll(/^```[\s\S]*?^```/gm, '');
  return [...outside.matchAll(/`((?:npx )?jit [^`]+)`/g)].flatMap(([, text = '']) => split(text).flatMap(commandOf));
}

/** The texts of all blocks of a language. */
export function blocksOf(page: string, language: string): readonly string[] {
  return [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)]
    .filter(([, found]) => found === language)
    .map(([, , text = '']) => text);
}

/** A line as a shell splits it: quoted words stay whole; `&&`, `|` and `;` end a command. */
function split(line: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  for (const [, space, end, word = ''] of line.matchAll(
    /(\s+)|(&&|\|\||[|;])|((?:"[^"]*"|'[^']*'|<[^<>]*>|[^\s"';|&<]|&(?!&))+|<)/g,
  )) {
    if (space !== undefined) continue;
    if (end !== undefined) commands.push([]);
    else if (word.startsWith('#')) break;
    else commands.at(-1)?.push(word);
  }
  return commands;
}

function commandOf(words: readonly string[]): readonly CommandLine[] {
  const kept = words.flatMap((word, i) => (/^[12]?>/.test(word) || /^[12]?>$/.test(words[i - 1] ?? '') ? [] : [word]));
  const [first = '', ...more] = kept.filter((word, i) => !(/^[A-Z_]+=/.test(word) && i === 0)).map(unquoted);
  if (first === '') return [];
  const rest = first === 'npx' || first === 'sudo' ? more.slice(1) : more;
  const program = first === 'npx' || first === 'sudo' ? (more[0] ?? '') : first;
  return [{ program, words: rest, text: kept.join(' ') }];
}

function unquoted(word: string): string {
  return word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2');
}

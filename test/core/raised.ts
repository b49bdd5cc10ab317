/** One `new JitError(…)` of the sources: its code and the words that it is given. */
export interface Raised {
  /** `src/app/machine/find.ts:12` */
  readonly where: string;
  /** The code; each one of a condition; or the expression, when it holds no literal. */
  readonly code: string;
  readonly words: readonly string[];
}

/** Every `new JitError(…)` of a file. */
export function raised(file: string, text: string): readonly Raised[] {
  return [...text.matchAll(/new JitError\(/g)].flatMap((match) => {
    const start = match.index + match[0].length;
    const [code = '', words = ''] = parts(inner(text, start));
    const literals = [...code.matchAll(/'(\w+)'/g)].map((literal) => literal[1] ?? '');
    return (literals.length > 0 ? literals : [code]).map((one) => ({
      where: `${file}:${text.slice(0, start).split('\n').length}`,
      code: one,
      words: wordsOf(words, text),
    }));
  });
}

/** The names that an expression gives: of a literal, of both sides of a condition, or of what its name stands for in the file. */
function wordsOf(expression: string, text: string): readonly string[] {
  if (expression === '') return [];
  if (expression.startsWith('{')) {
    return parts(expression.slice(1, -1)).flatMap((part) =>
      part.startsWith('...') ? wordsOf(part.slice(3), text) : [/^\w+/.exec(part)?.[0] ?? ''],
    );
  }
  const branches = /^[^{}]+?\s\?\s(.+)\s:\s(.+)$/s.exec(expression);
  if (branches) return branches.slice(1).flatMap((branch) => wordsOf(branch, text));
  if (!/^\w+$/.test(expression)) return [];
  const literal = new RegExp(`\\b${expression}\\b(?:: [^=\\n]+)? = \\{`).exec(text);
  if (literal) return wordsOf(`{${inner(text, literal.index + literal[0].length)}}`, text);
  // What a function of the file gave back: whatever its literals hold.
  return [...text.matchAll(/\{ ?(\w+)(?:: [^,{}]+)?, (\w+)[:, }]/g)].flatMap((found) => found.slice(1));
}

/** The text up to the bracket that closes the one before `start`. */
function inner(text: string, start: number): string {
  let depth = 1;
  let at = start;
  for (const token of text.slice(start).matchAll(TOKEN)) {
    if (/^[([{]$/.test(token[0])) depth += 1;
    else if (/^[)\]}]$/.test(token[0])) depth -= 1;
    if (depth === 0) {
      at = start + token.index;
      break;
    }
  }
  return text.slice(start, at).trim();
}

/** Split at the commas that stand in no bracket and no string. */
function parts(text: string): readonly string[] {
  const cuts = [-1];
  let depth = 0;
  for (const token of text.matchAll(TOKEN)) {
    if (/^[([{]$/.test(token[0])) depth += 1;
    else if (/^[)\]}]$/.test(token[0])) depth -= 1;
    else if (token[0] === ',' && depth === 0) cuts.push(token.index);
  }
  return cuts.map((cut, i) => text.slice(cut + 1, cuts[i + 1]).trim()).filter((part) => part !== '');
}

/** A string as a whole, or one sign that matters. Templates are taken whole: a bracket in one must close in it. */
const TOKEN = /'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|[()[\]{},]/g;

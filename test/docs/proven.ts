import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A statement of a page, and the tests that show it: `file: title`, or a transcript by its file alone. */
export type Proofs = Readonly<Record<string, readonly string[]>>;

/** The first cells of the rows of the tables of a text, their heads left out. */
export function rowsOf(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => line.startsWith('| '));
  return lines.filter((_, i) => !isHead(text, lines, i)).map((line) => line.split(' | ')[0]?.slice(2) ?? '');
}

function isHead(text: string, lines: readonly string[], i: number): boolean {
  return text.includes(`${lines[i]}\n|---`);
}

/** What is wrong with the proofs of some statements; nothing where each has one that is there and is run. */
export function unproven(statements: readonly string[], proofs: Proofs, where: string): readonly string[] {
  const missing = statements
    .filter((one) => (proofs[one] ?? []).length === 0)
    .map((one) => `“${one}” has no test: read or write one that shows all of it, and name it in ${where}`);
  const idle = Object.keys(proofs)
    .filter((one) => !statements.includes(one))
    .map((one) => `“${one}” is said no more: take it out of ${where}, or give it its new words there`);
  const usual = statements
    .filter((one) => proofs[one]?.length && proofs[one].every((test) => test.startsWith('test/long/')))
    .map((one) => `“${one}” is tested by npm run test:long alone`);
  const gone = Object.entries(proofs).flatMap(([one, tests]) =>
    tests.filter((test) => !isThere(test)).map((test) => `“${one}”: no test ${test}`),
  );
  const twice = Object.entries(proofs)
    .filter(([, tests]) => new Set(tests).size < tests.length)
    .map(([one]) => `“${one}” names one test twice`);
  return [...missing, ...idle, ...usual, ...gone, ...twice];
}

/** Is it a test that is run? That none is skipped is held by test/architecture. */
function isThere(test: string): boolean {
  const [file = '', title] = parted(test);
  if (!file.startsWith('test/') || !existsSync(join(root, file))) return false;
  // Each transcript is played by the test of its folder.
  if (title === undefined) return /^test\/scenarios\/[\w-]+\.txt$/.test(file);
  const text = readFileSync(join(root, file), 'utf8');
  const literal = [title.replaceAll("'", "\\'"), title].map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`(?:\\b(?:it|test)|\\))\\(\\s*(['"\`])(?:${literal.join('|')})\\1`).test(text);
}

function parted(test: string): readonly [string, string?] {
  const at = test.indexOf(': ');
  return at < 0 ? [test] : [test.slice(0, at), test.slice(at + 2)];
}

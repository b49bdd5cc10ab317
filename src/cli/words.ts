import { plain } from '../core/language/text.ts';
import type { Report } from '../core/view/report.ts';

/** A word that came as one from the shell stays one. */
export function quoted(word: string): string {
  return /\s/.test(word) ? `"${word}"` : word;
}

export function show({ title, sections }: Report): void {
  console.log(title);
  for (const { heading, rows } of sections) {
    if (heading !== '') console.log(`\n${heading}`);
    for (const { line } of rows) console.log(plain(line));
  }
}

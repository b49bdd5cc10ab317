import { inCalls } from '../../core/errors/in-call.ts';
import { ENGLISH, type Line, plain, plainly } from '../../core/language/text.ts';
import { reportIn } from '../../core/view/in-tongue.ts';
import type { Report } from '../../core/view/report.ts';
import type { ApiPage } from '../../ports/api.ts';

/** Sentences for a terminal: English, and instants in UTC. */
export function saidIn(lines: readonly Line[]): readonly string[] {
  return lines.map((line) => inCalls(plain(line)));
}

/** A page in words, without its buttons. */
export function pageIn(report: Report): ApiPage {
  const { title, sections } = reportIn(report, ENGLISH);
  return {
    title,
    sections: sections.map(({ heading, rows }) => ({ heading, lines: rows.map(({ line }) => inCalls(plainly(line))) })),
  };
}

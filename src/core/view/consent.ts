import { say } from '../language/say.ts';
import { type Phrase, phrased, type Tongue } from '../language/text.ts';
import type { Spoken } from './in-tongue.ts';
import type { Report, Row, Section } from './report.ts';
import { size } from './uncut.ts';

/** Texts that people consent to: each as a row that is shown uncut, in several where it is long in the reader's language. */
export function consentRows(texts: readonly Phrase[]): readonly Row[] {
  return texts.map((text): Row => ({ line: [text], isLong: true, isUncut: true }));
}

/** What every chat takes in one message. */
const PAGE = { rows: 10, bytes: 4_000, sections: 6 };

/** A report that is to be shown whole, in as many messages as that takes; what can be pressed is in the last. */
export function messagesOf(report: Spoken<Report>, tongue: Tongue): readonly Spoken<Report>[] {
  if (!report.isWhole) return [report];
  const last = report.sections.at(-1);
  const acts = last?.heading === '' ? last : undefined;
  const pages: Spoken<Section>[][] = [[]];
  let [rows, bytes] = [0, 0];
  for (const section of acts ? report.sections.slice(0, -1) : report.sections) {
    let heading = section.heading;
    for (const row of section.rows) {
      const more = size(row.line.map(String).join(''));
      const page = pages.at(-1) ?? [];
      const isFull = rows === PAGE.rows || bytes + more > PAGE.bytes || page.length === PAGE.sections;
      if (isFull) {
        pages.push([]);
        [rows, bytes] = [0, 0];
      }
      rows += 1;
      bytes += more;
      heading = put(pages.at(-1) ?? [], heading, row);
    }
  }
  if (acts) pages.at(-1)?.push(acts);
  const count = pages.length;
  return pages.map((sections, i) => ({
    ...report,
    title: count === 1 ? report.title : phrased(say`${report.title} (${i + 1} of ${count})`, tongue),
    sections,
  }));
}

/** Adds a row under its heading, which is said again on a new page. Gives the heading. */
function put(page: Spoken<Section>[], heading: string, row: Spoken<Row>): string {
  const open = page.at(-1);
  if (open && open.heading === heading) page[page.length - 1] = { heading, rows: [...open.rows, row] };
  else page.push({ heading, rows: [row] });
  return heading;
}

import type { Report, Row, Section } from './report.ts';

/** What every chat shows of one row, uncut. */
const MOST_BYTES = 500;

/** Texts that people consent to: each as a row that is shown uncut, in several where it is long. */
export function consentRows(texts: readonly string[]): readonly Row[] {
  return texts.flatMap((text) => parts(text).map((part): Row => ({ line: [part], isLong: true })));
}

/** In parts at the ends of words, or where a word has no end. */
function parts(text: string): readonly string[] {
  const found: string[] = [];
  let part = '';
  for (const word of text.split(' ').flatMap(chunks)) {
    const longer = part === '' ? word : `${part} ${word}`;
    if (part !== '' && size(longer) > MOST_BYTES) {
      found.push(`${part} …`);
      part = `… ${word}`;
    } else part = longer;
  }
  return [...found, part];
}

function chunks(word: string): readonly string[] {
  const letters = [...word];
  const most = MOST_BYTES / 5;
  return Array.from({ length: Math.ceil(letters.length / most) }, (_, i) =>
    letters.slice(i * most, (i + 1) * most).join(''),
  );
}

/** As it is sent: Slack writes each of three characters as five. */
function size(text: string): number {
  return new TextEncoder().encode(text.replace(/[&<>]/g, '&amp;')).length;
}

/** What every chat takes in one message. */
const PAGE = { rows: 10, bytes: 4_000, sections: 6 };

/** A report that is to be shown whole, in as many messages as that takes; what can be pressed is in the last. */
export function messagesOf(report: Report): readonly Report[] {
  if (!report.isWhole) return [report];
  const last = report.sections.at(-1);
  const acts = last?.heading === '' ? last : undefined;
  const pages: Section[][] = [[]];
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
    title: count === 1 ? report.title : `${report.title} (${i + 1} of ${count})`,
    sections,
  }));
}

/** Adds a row under its heading, which is said again on a new page. Gives the heading. */
function put(page: Section[], heading: string, row: Row): string {
  const open = page.at(-1);
  if (open && open.heading === heading) page[page.length - 1] = { heading, rows: [...open.rows, row] };
  else page.push({ heading, rows: [row] });
  return heading;
}

import { type Instant, MINUTE_MS } from '../language/instant.ts';
import type { AuditFault } from './fault.ts';
import { firstRecordIn, isRecordsName, recordsName } from './names.ts';

/** What is wrong with a file that begins with this record, as its name does not say that; undefined where nothing is. */
export function unnamed(
  { index, at }: { readonly index: number; readonly at: Instant },
  file: string,
): string | undefined {
  if (!isRecordsName(file) || file === recordsName(index, new Date(at).toISOString().slice(0, 10))) return undefined;
  return `record ${index} does not belong to the beginning of this file: it was moved here, or the file was renamed`;
}

/** Files that have no record, though they began with one. What a crash left empty has the same one in another file. */
export function withoutRecords(
  files: readonly string[],
  begun: ReadonlyMap<string, number | undefined>,
): readonly AuditFault[] {
  return files.flatMap((file) => {
    const index = firstRecordIn(file);
    if (begun.has(file) || files.some((other) => begun.has(other) && firstRecordIn(other) === index)) return [];
    const say = `has no record, and began with record ${index}: what it had was taken out`;
    return [{ file, line: 0, index, what: 'missing' as const, say }];
  });
}

/** Records that did not come yet, from the first to the last of them, and before which line. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly file: string;
  readonly line: number;
}

/** The same once this one came. */
export function withoutIndex(gaps: readonly Gap[], index: number): readonly Gap[] {
  return gaps.flatMap((gap) => {
    if (index < gap.from || index > gap.to) return [gap];
    const parts = [
      { ...gap, to: index - 1 },
      { ...gap, from: index + 1 },
    ];
    return parts.filter(({ from, to }) => from <= to);
  });
}

/** Records that are missing, from the first to the last of them. */
export function gapBefore(from: number, to: number, where: Pick<AuditFault, 'file' | 'line'>): AuditFault {
  const which = from === to ? `record ${from} is` : `records ${from} to ${to} are`;
  return { ...where, index: from, what: 'missing', say: `${which} missing before this line` };
}

/** A head that was kept elsewhere is of a record that is not there. */
export function unmet(index: number, end: number): AuditFault {
  const say =
    index > end
      ? `the chain does not go as far as record ${index}, whose head was kept elsewhere: its end was cut off`
      : `record ${index}, whose head was kept elsewhere, is not there`;
  return { file: '', line: 0, index, what: 'missing', say };
}

/** The store's clock was set back by more than clocks drift. */
export const CLOCK_MS = MINUTE_MS;

export function clockBack(index: number, from: Instant, to: Instant): string {
  const [before, after] = [from, to].map((at) => new Date(at).toISOString());
  return `at record ${index}, the clock went back from ${before} to ${after}: times around it are not to be relied on`;
}

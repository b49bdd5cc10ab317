import { JitError } from '../errors/errors.ts';
import { say } from '../language/say.ts';
import type { Report, Row } from './report.ts';

/** What was found at one thing. */
export type Diagnosis = {
  /** Where: `Redis`, `Slack`, `AWS 123456789012 in eu-west-1`. */
  readonly of: string;
  /** What was looked at: `clock`, `channel C0123ABCD`. */
  readonly what: string;
} & (
  | { readonly verdict: 'fine' }
  /** `means`: what it means, as a sentence. `remedy`: what to do, in one sentence. */
  | { readonly verdict: 'fault' | 'unknown'; readonly means: string; readonly remedy: string }
);

export function faultAt(of: string, what: string, means: string, remedy: string): Diagnosis {
  return { of, what, verdict: 'fault', means, remedy };
}

export function unknownAt(of: string, what: string, means: string, remedy: string): Diagnosis {
  return { of, what, verdict: 'unknown', means, remedy };
}

/** What it means that a cloud refused, as a sentence. */
export function meaningOf(error: unknown): string {
  return error instanceof JitError ? error.say : 'It does not work.';
}

/** What a chat shows of one section: its card has 12 rows, and room for three times as many letters. */
const SHOWN = { rows: 11, letters: 2_400 };
const ALL = { rows: Number.POSITIVE_INFINITY, letters: Number.POSITIVE_INFINITY };
/** A row that is longer gets room of its own. */
const LONG = 300;
/** What is fine at one thing is counted from there on. */
const MOST_FINE = 12;

/** What the doctor found: faults first, then what nobody can tell, then what is fine, in few lines; all of it only for a terminal. */
export function doctorReport(all: readonly Diagnosis[], isWhole = false): Report {
  const faults = all.filter(({ verdict }) => verdict === 'fault');
  const unknown = all.filter(({ verdict }) => verdict === 'unknown');
  const fine = all.filter(({ verdict }) => verdict === 'fine');
  const title =
    faults.length === 0
      ? say`No faults found`
      : faults.length === 1
        ? say`1 fault found`
        : say`${faults.length} faults found`;
  const room = isWhole ? ALL : SHOWN;
  return {
    title: say`${title}; ${fine.length} fine, ${unknown.length} cannot be told`,
    sections: [
      { heading: 'Faults', rows: cut(faults.map(textOf), room) },
      { heading: 'Cannot be told', rows: cut(unknown.map(textOf), room) },
      { heading: 'Fine', rows: cut(fineTexts(fine, isWhole), room) },
    ].filter(({ rows }) => rows.length > 0),
  };
}

function textOf(one: Diagnosis): string {
  const where = `${one.of}, ${one.what}`;
  return one.verdict === 'fine' ? where : `${where}: ${one.means} ${one.remedy}`;
}

function fineTexts(fine: readonly Diagnosis[], isWhole: boolean): readonly string[] {
  return [...Map.groupBy(fine, ({ of }) => of)].map(([of, those]) => {
    const shown = isWhole ? those : those.slice(0, MOST_FINE);
    const more = those.length > shown.length ? `, and ${those.length - shown.length} more` : '';
    return `${of}: ${shown.map(({ what }) => what).join(', ')}${more}`;
  });
}

/** As many rows as there is room for, and how many more there are. */
function cut(texts: readonly string[], { rows, letters }: typeof SHOWN): readonly Row[] {
  let left = letters;
  const fitting = texts.slice(0, rows).filter((text) => {
    left -= text.length;
    return left >= 0;
  });
  const more = texts.length - fitting.length;
  return [
    ...fitting.map((text): Row => ({ line: [text], ...(text.length > LONG ? { isLong: true as const } : {}) })),
    ...(more > 0 ? [{ line: [say`… and ${more} more: \`npx jit doctor\``] }] : []),
  ];
}

import { JitError } from '../errors/errors.ts';
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

const MOST_ROWS = 40;

/** What the doctor found: faults first, then what nobody can tell, then what is fine, in few lines. */
export function doctorReport(all: readonly Diagnosis[]): Report {
  const faults = all.filter(({ verdict }) => verdict === 'fault');
  const unknown = all.filter(({ verdict }) => verdict === 'unknown');
  const fine = all.filter(({ verdict }) => verdict === 'fine');
  const title =
    faults.length === 0 ? 'No faults found' : faults.length === 1 ? '1 fault found' : `${faults.length} faults found`;
  return {
    title: `${title}; ${fine.length} fine, ${unknown.length} cannot be told`,
    sections: [
      { heading: 'Faults', rows: cut(faults.map(rowOf)) },
      { heading: 'Cannot be told', rows: cut(unknown.map(rowOf)) },
      { heading: 'Fine', rows: cut(fineRows(fine)) },
    ].filter(({ rows }) => rows.length > 0),
  };
}

function rowOf(one: Diagnosis): Row {
  const where = `${one.of}, ${one.what}`;
  return { line: [one.verdict === 'fine' ? where : `${where}: ${one.means} ${one.remedy}`] };
}

function fineRows(fine: readonly Diagnosis[]): readonly Row[] {
  return [...Map.groupBy(fine, ({ of }) => of)].map(([of, those]) => ({
    line: [`${of}: ${those.map(({ what }) => what).join(', ')}`],
  }));
}

function cut(rows: readonly Row[]): readonly Row[] {
  const more = rows.length - MOST_ROWS;
  return more > 0 ? [...rows.slice(0, MOST_ROWS), { line: [`… and ${more} more: \`npx jit doctor\``] }] : rows;
}

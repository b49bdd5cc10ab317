import { availableParallelism } from 'node:os';
import type { Result } from './all.ts';
import type { Outcome } from './run.ts';

const NONE: Pick<Outcome, 'latenessMs' | 'startMs'> = { latenessMs: [] };

const lateOf = ({ latenessMs }: Pick<Outcome, 'latenessMs'>) => Math.max(0, ...latenessMs);

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

function loadText(sorted: readonly number[]): string {
  const [least, median, most] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  if (least === undefined || median === undefined || most === undefined) return 'unknown';
  return `${least.toFixed(1)} to ${most.toFixed(1)}, ${median.toFixed(1)} at the median, on ${availableParallelism()} cores`;
}

/** What killing everywhere showed, as Markdown. */
export function reportOf(command: string, results: readonly Result[]): string {
  const sum = (of: (result: Result) => number) => results.reduce((total, result) => total + of(result), 0);
  const row = (name: string, one: readonly number[]) => `| ${name} | ${one.join(' | ')} |`;
  const figures = ({ points, kills, killed, unreached, violations }: Result) => [
    points,
    kills,
    killed,
    unreached.length,
    violations.length,
  ];
  const done = results.flatMap((result) => result.done);
  const latest = done.reduce((most, one) => (lateOf(one) > lateOf(most) ? one : most), NONE);
  const startMs = Math.max(0, ...done.map((one) => one.startMs ?? 0));
  const loads = done.flatMap(({ load }) => load ?? []).sort((one, other) => one - other);
  const total = sum(({ kills }) => kills);
  const left = total - sum(({ killed, unreached }) => killed + unreached.length);
  return [
    `\`${command}\`:`,
    '',
    '| flow | points | kills | done | not reached | what must not be |',
    '|---|---:|---:|---:|---:|---:|',
    ...results.map((result) => row(result.flow, figures(result))),
    row('all', [
      sum(({ points }) => points),
      sum(({ kills }) => kills),
      sum(({ killed }) => killed),
      sum(({ unreached }) => unreached.length),
      sum(({ violations }) => violations.length),
    ]),
    '',
    `The latest closing after its end, restart and lock of the dead process included: ${seconds(lateOf(latest))}, in a play in which the start took ${seconds(latest.startMs ?? 0)}. The longest start: ${seconds(startMs)}. Load of the machine: ${loadText(loads)}.`,
    ...(left > 0 ? ['', `A part of a run: ${total - left} of ${total} kills were tried, and ${left} were not.`] : []),
  ].join('\n');
}

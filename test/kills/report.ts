import type { Result } from './all.ts';

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
  const latenessMs = results.flatMap((result) => result.latenessMs);
  const total = sum(({ kills }) => kills);
  const left = total - sum(({ killed, unreached }) => killed + unreached.length);
  const most = latenessMs.length > 0 ? Math.max(...latenessMs) : 0;
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
    `The latest closing after its end, restart and lock of the dead process included: ${(most / 1_000).toFixed(1)} s.`,
    ...(left > 0 ? ['', `A part of a run: ${total - left} of ${total} kills were tried, and ${left} were not.`] : []),
  ].join('\n');
}

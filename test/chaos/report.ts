import { cpus } from 'node:os';
import { type Outcome, TOLERANCE_MS } from './run.ts';

/** What a run showed, as Markdown. */
export function reportOf(outcome: Outcome): string {
  const { seed, ms, lateness, revocations, troubles, violations, isWatched } = outcome;
  const minutes = ms / 60_000;
  const count = [...troubles.values()].reduce((sum, one) => sum + one, 0);
  const [first, ...more] = cpus();
  return [
    `\`npm run chaos -- --seed ${seed} --minutes ${minutes}${isWatched ? ' --sentinel' : ''}\`, on ${more.length + 1} cores (${first?.model.trim()}):`,
    '',
    '| | |',
    '|---|---:|',
    `| requests, approved, taken back | ${outcome.asked}, ${outcome.approved}, ${outcome.revoked} |`,
    `| rules that the clouds held | ${outcome.rules} |`,
    `| troubles | ${count} |`,
    ...[...troubles].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, times]) => `| … ${name} | ${times} |`),
    `| lateness of closing at the end: median, 99 %, most | ${spreadText(lateness)} |`,
    `| … after it was taken back, from when the chat had accepted that | ${spreadText(revocations)} |`,
    `| open more than ${TOLERANCE_MS / 1_000} s past its end, open without approval or for somebody removed, opened again, approved and lost, or a process that fell | ${violations.length} |`,
    `| approvals that went with a rolled-back Redis${isWatched ? ', or with a failover before anything was opened' : ''} | ${outcome.rolledAway} |`,
  ].join('\n');
}

function spreadText(values: Outcome['lateness']): string {
  if (!values) return 'none';
  const seconds = (value: number) => `${(value / 1_000).toFixed(1)} s`;
  return [values.median, values.p99, values.max].map(seconds).join(', ');
}

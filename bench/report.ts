import { cpus } from 'node:os';
import { type Goal, isReached, type Measurement, type Row } from './measurement.ts';
import { spread } from './spread.ts';

/** Where it ran: without this the numbers say little. `redis` is Redis's own version. */
export function machineLine(redis: string): string {
  const [first, ...more] = cpus();
  const cores = `${more.length + 1} cores (${first?.model.trim() || 'unknown processor'})`;
  return `${cores}, ${process.platform} ${process.arch}, Node ${process.versions.node}, Redis ${redis}`;
}

/** All measurements as Markdown. */
export function markdown(measurements: readonly Measurement[], machine: string): string {
  return [
    '# Measured',
    '',
    'Written by `npm run bench -- --write`. What is compared ran side by side in the same run, in turns, on one machine that',
    'also ran Redis, the simulated services and the load, and whatever else was at work on it: the numbers compare, they are no',
    'capacity figures, and where the rounds of one side lie far apart they say little.',
    '',
    `${machine}.`,
    ...measurements.flatMap((measurement) => ['', ...section(measurement)]),
    '',
  ].join('\n');
}

function section({ title, how, rows, goals, notes }: Measurement): readonly string[] {
  return [
    `## ${title}`,
    '',
    how,
    '',
    '| | min | median | max | |',
    '|---|---:|---:|---:|---|',
    ...rows.map(line),
    '',
    ...goals.map(verdict),
    ...notes.map((note) => `- ${note}`),
  ];
}

function line({ what, unit, values }: Row): string {
  const { min, median, max } = spread(values);
  return `| ${what} | ${figure(min)} | ${figure(median)} | ${figure(max)} | ${unit} |`;
}

function verdict(goal: Goal): string {
  const { what, value, most, unit, best, cost } = goal;
  const words = isReached(goal) ? 'reached' : '**not reached**';
  const why = isReached(goal) || cost === undefined ? '' : ` ${cost}`;
  const also = best === undefined ? '' : ` (best rounds: ${figure(best)}${unit})`;
  return `- Goal: ${what} at most ${figure(most)}${unit}. Measured: ${figure(value)}${unit}${also}: ${words}.${why}`;
}

/** Three digits that matter. */
function figure(value: number): string {
  if (Math.abs(value) >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString('en-US');
  return value.toPrecision(3);
}

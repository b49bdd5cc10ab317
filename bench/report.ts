import { cpus } from 'node:os';
import { type Goal, isReached, type Report, type Row } from './measurement.ts';
import { spread } from './spread.ts';

/** Load averages of one minute (loadavg(5)), which tell what else was at work. */
export interface Load {
  readonly before: number;
  readonly after: number;
}

/** Where it ran: without this the numbers say little. `redis` is Redis's own version. */
export function machineLine(redis: string, { before, after }: Load): string {
  const [first, ...more] = cpus();
  const cores = `${more.length + 1} cores (${first?.model.trim() || 'unknown processor'})`;
  const versions = `Node ${process.versions.node}, Redis ${redis}`;
  const load = `load ${before.toFixed(1)} before and ${after.toFixed(1)} after`;
  return `${cores}, ${process.platform} ${process.arch}, ${versions}; ${load}`;
}

/** All measurements as Markdown, each with the machine that it ran on. */
export function markdown(reports: readonly Report[]): string {
  return [
    '# Measured',
    '',
    'Written by `npm run bench -- --write`. What is compared ran side by side in the same run, in turns, on one machine that',
    'also ran Redis, the simulated services and the load, and whatever else was at work on it: the numbers compare, they are no',
    'capacity figures, and where the rounds of one side lie far apart they say little. Each section says where it was measured, and how busy',
    'that machine was. bench.json has the values of all rounds.',
    '',
    '![How much of each goal was used: what ends left of the line is reached](bench.svg)',
    ...reports.flatMap((report) => ['', ...section(report)]),
    '',
  ].join('\n');
}

/** A page of measurements with these sections in place of those that have their titles; what is new comes last, and the others stay. */
export function updated(page: string, report: string): string {
  const [, ...kept] = sectionsOf(page);
  const [head = '', ...fresh] = sectionsOf(report);
  const titles = new Map(fresh.map((section) => [titleOf(section), section]));
  const known = new Set(kept.map(titleOf));
  const all = [
    ...kept.map((section) => titles.get(titleOf(section)) ?? section),
    ...fresh.filter((section) => !known.has(titleOf(section))),
  ];
  return `${[head, ...all].map((part) => part.trim()).join('\n\n')}\n`;
}

/** The same of figures: what was measured again in its place, what is new at the end. */
export function withNew(known: readonly Report[], fresh: readonly Report[]): readonly Report[] {
  const titles = new Map(fresh.map((report) => [report.title, report]));
  const old = new Set(known.map(({ title }) => title));
  return [
    ...known.map((report) => titles.get(report.title) ?? report),
    ...fresh.filter(({ title }) => !old.has(title)),
  ];
}

/** What stands before the first heading, and each section with its own. */
function sectionsOf(page: string): readonly string[] {
  return page.split(/^(?=## )/m);
}

function titleOf(section: string): string {
  return section.split('\n', 1)[0] ?? '';
}

function section({ title, how, rows, goals, notes, machine }: Report): readonly string[] {
  return [
    `## ${title}`,
    '',
    how,
    '',
    `Measured on: ${machine}.`,
    '',
    '| | min | median | max | |',
    '|---|---:|---:|---:|---|',
    ...rows.map(line),
    '',
    ...goals.map(verdict),
    ...notes.map((note) => `- ${note}`),
  ];
}

function line({ what, unit, values, notRun }: Row): string {
  if (notRun !== undefined) return `| ${what} | | | | not run: ${notRun} |`;
  const { min, median, max } = spread(values);
  return `| ${what} | ${figure(min)} | ${figure(median)} | ${figure(max)} | ${unit} |`;
}

function verdict(goal: Goal): string {
  const { what, value, most, least, unit, best, cost } = goal;
  const limit = most === undefined ? `at least ${figure(least ?? 0)}` : `at most ${figure(most)}`;
  const words = isReached(goal) ? 'reached' : '**not reached**';
  const why = isReached(goal) || cost === undefined ? '' : ` ${cost}`;
  const also = best === undefined ? '' : ` (best rounds: ${figure(best)}${unit})`;
  return `- Goal: ${what} ${limit}${unit}. Measured: ${figure(value)}${unit}${also}: ${words}.${why}`;
}

/** Three digits that matter. */
export function figure(value: number): string {
  if (Number.isNaN(value)) return '–';
  if (Math.abs(value) >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString('en-US');
  return value.toPrecision(3);
}

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { Command } from 'commander';
import { endWhenStopped } from './endings.ts';
import { onGround } from './ground.ts';
import { isReached, type Report } from './measurement.ts';
import { MEASUREMENTS } from './measurements.ts';
import { plot } from './plot.ts';
import { machineLine, markdown, updated, withNew } from './report.ts';

const DOCS = {
  page: new URL('../docs/bench.md', import.meta.url),
  figures: new URL('../docs/bench.json', import.meta.url),
  plot: new URL('../docs/bench.svg', import.meta.url),
};

interface Options {
  readonly quick: boolean;
  readonly only?: string;
  readonly json: boolean;
  readonly plot?: string;
  readonly write: boolean;
}

const values = new Command('npm run bench --')
  .description('Measures Drawbridge beside what people would pick instead, and prints Markdown.')
  .option('--quick', 'smaller sizes, fewer rounds: minutes in place of hours', false)
  .option('--only <names>', `these alone, with commas between: ${Object.keys(MEASUREMENTS).join(', ')}`)
  .option('--json', 'prints JSON', false)
  .option('--plot <file>', 'draws how much of each goal was used')
  .option('--write', 'keeps what was measured in docs/bench.md, docs/bench.json, and docs/bench.svg', false)
  .parse()
  .opts<Options>();
const wanted = values.only?.split(',') ?? Object.keys(MEASUREMENTS);
const unknown = wanted.find((name) => !MEASUREMENTS[name]);
if (unknown !== undefined)
  throw new Error(`no measurement ${unknown}; there are ${Object.keys(MEASUREMENTS).join(', ')}`);
endWhenStopped();
const redis = await onGround((ground) => ground.version());
const reports: Report[] = [];
for (const name of wanted) {
  console.error(`measuring: ${name}`);
  const [before = 0] = loadavg();
  const from = performance.now();
  const measured = [(await MEASUREMENTS[name]?.({ quick: values.quick })) ?? []].flat();
  const [after = 0] = loadavg();
  const machine = machineLine(redis, { before, after });
  reports.push(...measured.map((one) => ({ ...one, machine })));
  console.error(`  ${Math.round((performance.now() - from) / 1_000)} s`);
}
console.log(values.json ? JSON.stringify(reports, undefined, 2) : markdown(reports));
if (values.plot !== undefined) writeFileSync(values.plot, plot(reports));
if (values.write) {
  const known = existsSync(DOCS.figures) ? (JSON.parse(readFileSync(DOCS.figures, 'utf8')) as readonly Report[]) : [];
  const all = withNew(known, reports);
  writeFileSync(DOCS.page, updated(readFileSync(DOCS.page, 'utf8'), markdown(reports)));
  writeFileSync(DOCS.figures, `${JSON.stringify(all, undefined, 2)}\n`);
  writeFileSync(DOCS.plot, plot(all));
}
const missed = reports.flatMap(({ goals }) => goals.filter((goal) => !isReached(goal)));
console.error(missed.length === 0 ? 'all goals reached' : `not reached: ${missed.map(({ what }) => what).join('; ')}`);

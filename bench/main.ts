import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
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

/**
 * `npm run bench -- [--quick] [--only <name>,…] [--json] [--plot <file>] [--write]`: prints Markdown, or JSON; `--write`
 * keeps what was measured in docs/bench.md, docs/bench.json and docs/bench.svg.
 */
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    json: { type: 'boolean' },
    plot: { type: 'string' },
    write: { type: 'boolean' },
  },
});
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

import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { throwsOf } from '../chaos/dice.ts';
import { killEverywhere, pick, resultsOf, titleOf } from './all.ts';
import { FLOWS } from './flows.ts';
import { Journal } from './journal.ts';
import { reportOf } from './report.ts';
import type { Kill } from './run.ts';

const DOCS = new URL('../../docs/reliability.md', import.meta.url);
const SECTION = /(<!-- kills -->\n)[\s\S]*?(<!-- \/kills -->)/;

const USAGE = `npm run kills -- [options]

Kills the real program at every point of every flow, and prints a table.

  --flow WORD     the flows with this word in their names
  --only KILL     the points that are called so, such as "after answer 200 (5)"
  --some N        N of each flow, chosen by the seed
  --seed N        1 unless given
  --jobs N        so many worlds at a time, 4 unless given
  --minutes N     for so long
  --resume FILE   goes on with what another run left there, and counts both
  --report        kills nobody: prints what the file tells
  --write         writes the table to docs/reliability.md`;

const { values } = parseArgs({
  options: {
    flow: { type: 'string', default: '' },
    only: { type: 'string', default: '' },
    some: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '4' },
    minutes: { type: 'string' },
    resume: { type: 'string' },
    report: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const flows = FLOWS.filter(({ name }) => name.includes(values.flow));
const dice = throwsOf(Number(values.seed));
const [some, jobs] = [Number(values.some), Number(values.jobs)];
if (!(jobs > 0)) throw new Error('--jobs is more than 0');
const began = performance.now();
const print = (line: string) =>
  console.error(`${((performance.now() - began) / 1_000).toFixed(0).padStart(5)} s  ${line}`);
const journal = new Journal(values.resume);
const choose = (kills: readonly Kill[]) => {
  const named = kills.filter((kill) => titleOf(kill).includes(values.only));
  return some > 0 ? pick(named, some, dice) : named;
};
const run = () =>
  killEverywhere({
    flows,
    print,
    jobs,
    journal,
    choose,
    ...(values.minutes === undefined ? {} : { signal: AbortSignal.timeout(Number(values.minutes) * 60_000) }),
  });
const results = values.report ? resultsOf(flows, journal) : await run();
const report = reportOf(
  ['npm run kills', ...(some > 0 ? [`-- --some ${some} --seed ${values.seed}`] : [])].join(' '),
  results,
);
console.log(report);
for (const { flow, unreached, violations } of results) {
  for (const what of unreached) console.error(`not reached in ${flow}: ${what}`);
  for (const what of violations) console.error(`must not be, in ${flow}: ${what}`);
}
if (values.write) writeFileSync(DOCS, readFileSync(DOCS, 'utf8').replace(SECTION, `$1${report}\n$2`));
process.exit(results.some(({ violations }) => violations.length > 0) ? 1 : 0);

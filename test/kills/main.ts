import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { throwsOf } from '../chaos/dice.ts';
import { killEverywhere, pick, resultsOf, titleOf } from './all.ts';
import { FLOWS } from './flows.ts';
import { Journal } from './journal.ts';
import { reportOf } from './report.ts';
import type { Kill } from './run.ts';

const DOCS = new URL('../../docs/reliability.md', import.meta.url);
const SECTION = /(<!-- kills -->\n)[\s\S]*?(<!-- \/kills -->)/;

interface Options {
  readonly flow: string;
  readonly only: string;
  readonly some: string;
  readonly seed: string;
  readonly jobs: string;
  readonly minutes?: string;
  readonly resume?: string;
  readonly report: boolean;
  readonly write: boolean;
}

const values = new Command('npm run kills --')
  .description('Kills the real program at every point of every flow, and prints Markdown.')
  .option('--flow <word>', 'the flows with this word in their names', '')
  .option('--only <kill>', 'the points that are called so, such as "after answer 200 (5)"', '')
  .option('--some <n>', 'so many of each flow, chosen by the seed', '0')
  .option('--seed <n>', 'chooses them', '1')
  .option('--jobs <n>', 'so many worlds at a time', '4')
  .option('--minutes <n>', 'for so long')
  .option('--resume <file>', 'goes on with what another run left there, and counts both')
  .option('--report', 'kills nobody: prints what the file tells', false)
  .option('--write', 'keeps the report in docs/reliability.md', false)
  .parse()
  .opts<Options>();
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

import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { modelReport, runModel } from './model.ts';
import { reportOf } from './report.ts';
import { runChaos } from './run.ts';

const DOCS = new URL('../../docs/reliability.md', import.meta.url);

interface Options {
  readonly seed: string;
  readonly minutes: string;
  readonly sentinel: boolean;
  readonly leases?: string;
  readonly write: boolean;
}

const values = new Command('npm run chaos --')
  .description(
    'Real processes and a real Redis with trouble of all kinds, or the crash model, judged from outside. Prints Markdown; exits with 1 where ' +
      'something was that must not be.',
  )
  .option('--seed <n>', 'chooses the trouble', '1')
  .option('--minutes <n>', 'for so long', '3')
  .option('--sentinel', 'a Redis that Sentinels watch', false)
  .option('--leases <n>', 'the crash model in place of processes, until so many leases were approved')
  .option('--write', 'keeps the report in docs/reliability.md', false)
  .parse()
  .opts<Options>();
const [seed, minutes] = [Number(values.seed), Number(values.minutes)];
if (!Number.isInteger(seed) || !(minutes > 0))
  throw new Error('--seed is a whole number, and --minutes is more than 0');
const began = performance.now();
const print = (line: string) =>
  console.error(`${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${line}`);
const write = (name: string, report: string) => {
  console.log(report);
  const section = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(\\n<!-- /${name} -->)`);
  if (values.write) writeFileSync(DOCS, readFileSync(DOCS, 'utf8').replace(section, `$1${report}$2`));
};

if (values.leases === undefined) {
  const outcome = await runChaos({ seed, ms: minutes * 60_000, print, sentinel: values.sentinel });
  write(values.sentinel ? 'chaos-sentinel' : 'chaos', reportOf(outcome));
  for (const [words, times] of outcome.refused) console.error(`answered ${times} times: ${words}`);
  tell(outcome.violations);
} else {
  const leases = Number(values.leases);
  if (!(leases > 0)) throw new Error('--leases is more than 0');
  const modelled = await runModel(leases, print);
  write('model', modelReport(leases, modelled));
  tell([...modelled.wrong, ...(modelled.lost + modelled.left > 0 ? ['something was lost, or left'] : [])]);
}

function tell(violations: readonly string[]): void {
  for (const violation of violations) console.error(`must not be: ${violation}`);
  process.exitCode = violations.length > 0 ? 1 : 0;
}

import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { reportOf } from './report.ts';
import { runChaos } from './run.ts';

const DOCS = new URL('../../docs/reliability.md', import.meta.url);
const SECTION = /(<!-- chaos -->\n)[\s\S]*?(\n<!-- \/chaos -->)/;

/** `npm run chaos -- [--seed <n>] [--minutes <n>] [--write]`: prints Markdown; exits with 1 where something was that must not be. */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
});
const [seed, minutes] = [Number(values.seed), Number(values.minutes)];
if (!Number.isInteger(seed) || !(minutes > 0))
  throw new Error('--seed is a whole number, and --minutes is more than 0');
const began = performance.now();
const print = (line: string) =>
  console.error(`${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${line}`);
const outcome = await runChaos({ seed, ms: minutes * 60_000, print });
const report = reportOf(outcome);
console.log(report);
for (const [words, times] of outcome.refused) console.error(`answered ${times} times: ${words}`);
for (const violation of outcome.violations) console.error(`must not be: ${violation}`);
if (values.write) writeFileSync(DOCS, readFileSync(DOCS, 'utf8').replace(SECTION, `$1${report}$2`));
process.exitCode = outcome.violations.length > 0 ? 1 : 0;

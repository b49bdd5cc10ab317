import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measureAck } from './ack/measure.ts';
import { measureApart } from './apart/measure.ts';
import { measureAway } from './away/measure.ts';
import { measureBoard } from './board/measure.ts';
import { measureBurst } from './burst/measure.ts';
import { measureCrowd } from './crowd/measure.ts';
import { onGround } from './ground.ts';
import { measureLife } from './life/measure.ts';
import { measureLock } from './lock/measure.ts';
import { type Effort, isReached, type Measurement } from './measurement.ts';
import { measureMemory } from './memory/measure.ts';
import { measurePolicy } from './policy/measure.ts';
import { machineLine, markdown, updated } from './report.ts';

const DOCS = new URL('../docs/bench.md', import.meta.url);

const MEASUREMENTS: Readonly<Record<string, (effort: Effort) => Promise<Measurement | readonly Measurement[]>>> = {
  ack: measureAck,
  apart: measureApart,
  away: measureAway,
  board: measureBoard,
  burst: measureBurst,
  crowd: measureCrowd,
  life: measureLife,
  lock: measureLock,
  memory: measureMemory,
  policy: measurePolicy,
};

/** `npm run bench -- [--quick] [--only <name>,…] [--write]`: prints Markdown; `--write` keeps what was measured in docs/bench.md. */
const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, write: { type: 'boolean' } },
});
const wanted = values.only?.split(',') ?? Object.keys(MEASUREMENTS);
const measured: Measurement[] = [];
for (const name of wanted) {
  const measure = MEASUREMENTS[name];
  if (!measure) throw new Error(`no measurement ${name}; there are ${Object.keys(MEASUREMENTS).join(', ')}`);
  console.error(`measuring: ${name}`);
  measured.push(...[await measure({ quick: values.quick })].flat());
}
const report = markdown(measured, machineLine(await onGround((ground) => ground.version())));
console.log(report);
if (values.write) writeFileSync(DOCS, updated(readFileSync(DOCS, 'utf8'), report));
const missed = measured.flatMap(({ goals }) => goals.filter((goal) => !isReached(goal)));
console.error(missed.length === 0 ? 'all goals reached' : `not reached: ${missed.map(({ what }) => what).join('; ')}`);

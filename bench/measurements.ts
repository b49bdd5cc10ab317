import { measureAck } from './ack/measure.ts';
import { measureApart } from './apart/measure.ts';
import { measureApprovals } from './approvals/measure.ts';
import { measureAway } from './away/measure.ts';
import { measureBoard } from './board/measure.ts';
import { measureBurst } from './burst/measure.ts';
import { measureCalls } from './calls/measure.ts';
import { measureCrowd } from './crowd/measure.ts';
import { measureKilled } from './killed/measure.ts';
import { measureLife } from './life/measure.ts';
import { measureLock } from './lock/measure.ts';
import { measureLoops } from './loops/measure.ts';
import { measureMany } from './many/measure.ts';
import type { Effort, Measurement } from './measurement.ts';
import { measureMemory } from './memory/measure.ts';
import { measurePolicy } from './policy/measure.ts';
import { measureReach } from './reach/measure.ts';
import { measureReplicas } from './replicas/measure.ts';
import { measureScale } from './scale/measure.ts';
import { measureStart } from './start/measure.ts';
import { measureThrottle } from './throttle/measure.ts';
import { measureVerify } from './verify/measure.ts';

type Measure = (effort: Effort) => Promise<Measurement | readonly Measurement[]>;

/** Everything that is measured, by the name that `--only` takes. */
export const MEASUREMENTS: Readonly<Record<string, Measure>> = {
  ack: measureAck,
  apart: measureApart,
  approvals: measureApprovals,
  away: measureAway,
  board: measureBoard,
  burst: measureBurst,
  calls: measureCalls,
  crowd: measureCrowd,
  killed: measureKilled,
  life: measureLife,
  lock: measureLock,
  loops: measureLoops,
  many: measureMany,
  memory: measureMemory,
  policy: measurePolicy,
  reach: measureReach,
  replicas: measureReplicas,
  scale: measureScale,
  start: measureStart,
  throttle: measureThrottle,
  verify: measureVerify,
};

import { setTimeout as wait } from 'node:timers/promises';
import { readRecord } from '../../src/core/audit/record.ts';
import { redisAudit } from '../../src/redis/audit.ts';
import { redisStore } from '../../src/redis/store.ts';
import type { Burst, Closings, Furnished } from '../burst/shared.ts';
import { startChild } from '../child.ts';
import { type Ground, LOUD, onGround } from '../ground.ts';
import type { Effort, Measurement } from '../measurement.ts';
import { type Refusals, waitingFor } from './requests.ts';

const APPROVALS = 100;
const PROCESSES = 2;
const MOST_MS = 60_000;
const LOOK_MS = 50;
const MOST_NOTES = 3;

interface Round {
  readonly openMs: number;
  readonly opened: number;
  readonly calls: number;
  readonly approvals: number;
  /** What was said of those that neither process took. */
  readonly refused: readonly string[];
}

/** A hundred approvals in the same second, each of them pressed in two processes at once. */
export async function measureApprovals({ quick }: Effort): Promise<Measurement> {
  const rounds: Round[] = [];
  for (let i = 0; i < (quick ? 1 : 5); i += 1) rounds.push(await onGround(play));
  const values = (of: (round: Round) => number) => rounds.map(of);
  const least = (of: (round: Round) => number) => Math.min(...values(of));
  const most = (of: (round: Round) => number) => Math.max(...values(of));
  return {
    title: `${APPROVALS} approvals in the same second`,
    how:
      `${APPROVALS} requests wait, each for a machine of its own on the simulated AWS. Their approver presses Approve on all of them in the ` +
      'same instant, and every press is delivered to both of two processes on one Redis. Real store, queue, workers and adapter; chats ' +
      'that take every card at once.',
    rows: [
      { what: 'open, as AWS has it', unit: 'rules', values: values(({ opened }) => opened) },
      { what: 'calls that opened', unit: 'calls', values: values(({ calls }) => calls) },
      { what: 'approvals in the audit', unit: 'entries', values: values(({ approvals }) => approvals) },
      { what: 'refused in both processes, in words', unit: 'presses', values: values(({ refused }) => refused.length) },
      { what: 'from the presses until the last is open', unit: 'ms', values: values(({ openMs }) => openMs) },
    ],
    goals: [
      { what: 'opened, in the worst round', value: least(({ opened }) => opened), least: APPROVALS, unit: ' rules' },
      {
        what: 'calls that opened, in the worst round',
        value: most(({ calls }) => calls),
        most: APPROVALS,
        unit: ' calls',
      },
      {
        what: 'approvals in the audit, in the worst round',
        value: most(({ approvals }) => approvals),
        most: APPROVALS,
        unit: ' entries',
      },
    ],
    notes: [...new Set(rounds.flatMap(({ refused }) => refused))].slice(0, MOST_NOTES).map((words) => `Said: ${words}`),
  };
}

async function play(ground: Ground): Promise<Round> {
  const cloud = startChild(new URL('../burst/cloud.ts', import.meta.url));
  const processes = Array.from({ length: PROCESSES }, () => startChild(new URL('./process.ts', import.meta.url)));
  try {
    const burst: Burst = { machines: APPROVALS, leasesEach: 0, until: Date.now() };
    const { settings, stood } = await cloud.ask<Furnished>('furnish', burst);
    const requests = waitingFor(stood, Date.now());
    const store = redisStore({ redis: ground.redis, log: LOUD });
    const saved = await store.save(requests.map((next) => ({ next, from: 0 })));
    if (saved.some((one) => one !== 'saved')) throw new Error(`not saved: ${saved.join(', ')}`);
    await Promise.all(processes.map((one) => one.ask('start', { settings, redisUrl: ground.url })));
    const ids = requests.map(({ id }) => id);
    const from = Date.now();
    const [first = {}, second = {}] = await Promise.all(processes.map((one) => one.ask<Refusals>('press', ids)));
    const refused = ids.flatMap((id) => (first[id] !== undefined && second[id] !== undefined ? [first[id]] : []));
    const isOpen = async () => (await cloud.ask<Closings>('closings')).left >= APPROVALS - refused.length;
    while (!(await isOpen()) && Date.now() < from + MOST_MS) await wait(LOOK_MS);
    const openMs = Date.now() - from;
    const { left, calls } = await cloud.ask<Closings>('closings');
    const approvals = await approvalsIn(ground);
    return { openMs, opened: left, calls: calls.AuthorizeSecurityGroupIngress ?? 0, approvals, refused };
  } finally {
    await Promise.all(processes.map((one) => one.stop()));
    await cloud.stop();
  }
}

async function approvalsIn({ redis }: Ground): Promise<number> {
  const entries = await redisAudit({ redis, log: LOUD }).read(undefined, 100 * APPROVALS);
  return entries.filter((entry) => readRecord(entry).facts.event === 'approved').length;
}

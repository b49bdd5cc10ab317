import { setImmediate as yieldOnce } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { cutSessions } from '../../src/app/machine/cut.ts';
import { decide } from '../../src/app/request/decide.ts';
import { submit } from '../../src/app/request/submit.ts';
import { owingCut } from '../../src/core/request/closing.ts';
import type { CutReply } from '../../src/ports/sessions.ts';
import { inStatus } from '../core/samples.ts';
import { ASK } from './approved.ts';
import { CuttingCloud, done } from './cutting-cloud.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const HOUR_MS = 3_600_000;
const never = new AbortController().signal;

it('machines that do not answer leave room for closings: the turn of the others comes later', async () => {
  const { clock, deps } = world();
  const cloud = new CuttingCloud();
  (deps.clouds as Map<string, CuttingCloud>).set('aws', cloud);
  const { promise, resolve } = Promise.withResolvers<CutReply>();
  const { cut } = cloud;
  cloud.cut = async (...given) => {
    await cut(...given);
    return promise;
  };
  const over = Array.from({ length: 41 }, (_, i) => {
    const machine = `aws:123456789012:eu-west-1:i-${`${i}`.padStart(17, '0')}` as const;
    const id = `k7m3q${`${i}`.padStart(2, '0')}`;
    return owingCut({ ...inStatus('ended'), id, machine, version: 1 }, clock.now());
  });
  await deps.store.save(over.map((next) => ({ next, from: 0 })));
  const looks = over.map(({ machine }) => cutSessions(deps, machine, never));
  await looks.at(-1);
  await yieldOnce();
  expect(cloud.asks).toHaveLength(40);
  resolve(done(0, 0));
  await Promise.all(looks);
  clock.advance(2_000);
  await Promise.all(over.map(({ machine }) => cutSessions(deps, machine, never)));
  expect(cloud.asks).toHaveLength(41);
});

it('a machine that does not answer holds up no closing of another lease on it', async () => {
  const { clock, deps } = world({ policies: [{ ...POLICY, cutSessions: true }] });
  const cloud = new CuttingCloud();
  (deps.clouds as Map<string, CuttingCloud>).set('aws', cloud);
  const { promise, resolve } = Promise.withResolvers<CutReply>();
  cloud.cut = () => promise;
  const aside: Promise<void>[] = [];
  Object.assign(deps, { aside: (work: Promise<void>) => aside.push(work) });
  const lease = async (source: string, forMs: number) => {
    const { id } = await submit(deps, ADA, { ...ASK, source, forMs }, { ...SENDER, key: source });
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
  };
  await lease('203.0.113.7/32', HOUR_MS);
  await lease('198.51.100.7/32', 2 * HOUR_MS);
  for (let i = 0; i < 3; i += 1) {
    await converge(deps, MACHINE.id, never);
    clock.advance(HOUR_MS);
  }
  expect(cloud.rules.size).toBe(0);
  resolve(done(0, 0));
  await Promise.all(aside);
});

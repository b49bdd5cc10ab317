import { expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { submit } from '../../src/app/request/submit.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, SENDER } from './fixtures.ts';
import { boatWorld } from './lifeboat-rig.ts';

const HOUR = 3_600;

/** Ada has access for an hour, in a cloud whose answers have no `Date`: something on the way took it out. */
async function timeless() {
  const made = boatWorld();
  const { id } = await submit(made.deps, ADA, ASK, SENDER);
  await decide(made.deps, GRACE, { request: id, verdict: 'approve' });
  await converge(made.deps, MACHINE.id, new AbortController().signal);
  made.cloud.clock = undefined;
  return made;
}

it('without Redis and the cloud’s own time, what the store’s clock said last counts on: nothing goes before its end', async () => {
  const made = await timeless();
  await made.pass(1);
  made.become('away');
  await made.pass(HOUR - 10);
  expect(made.cloud.rules.size).toBe(1);
  await made.pass(20);
  expect(made.cloud.rules.size).toBe(0);
});

it('whoever never heard the store’s clock leaves it open: nobody can tell', async () => {
  const made = await timeless();
  made.become('away');
  await made.pass(HOUR + 60);
  expect(made.cloud.rules.size).toBe(1);
});

import { expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { submit } from '../../src/app/request/submit.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, SENDER, world } from './fixtures.ts';

const never = new AbortController().signal;

it('is located by the look that it was judged by, at the approval and at the opening, and is read no second time', async () => {
  const { cloud, deps } = world();
  const { look, locate } = cloud;
  const read: string[] = [];
  cloud.look = async (...given) => {
    read.push('look');
    return { ...(await look(...given)), locate: (rules, signal) => locate(rules, signal) };
  };
  cloud.locate = async () => {
    throw new Error('it was read again');
  };
  const { id } = await submit(deps, ADA, ASK, SENDER);
  expect(read).toEqual(['look']);
  await decide(deps, GRACE, { request: id, verdict: 'approve' });
  expect(read).toEqual(['look', 'look']);
  await converge(deps, MACHINE.id, never);
  expect(read).toEqual(['look', 'look', 'look']);
  expect((await deps.store.load(id)).request?.status).toBe('active');
});

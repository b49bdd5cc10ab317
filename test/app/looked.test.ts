import { expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { revoke } from '../../src/app/request/end.ts';
import { submit } from '../../src/app/request/submit.ts';
import type { Rule } from '../../src/core/rule/rule.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, SENDER, world } from './fixtures.ts';

const never = new AbortController().signal;

/** A cloud that tells each reading of its machine; `shown`: its look says where rules go. */
function watchedWorld({ shown }: { readonly shown: boolean }) {
  const { cloud, deps } = world();
  const { look, locate, observe } = cloud;
  const read: string[] = [];
  cloud.look = async (...given) => {
    read.push('look');
    return {
      ...(await look(...given)),
      ...(shown ? { locate: async (rules: readonly Rule[], signal: AbortSignal) => locate(rules, signal) } : {}),
    };
  };
  cloud.locate = async (...given) => {
    read.push('locate');
    return locate(...given);
  };
  cloud.observe = async (machine, placements, signal, proves = true) => {
    read.push(proves ? 'proof' : 'observe');
    return observe(machine, placements, signal, proves);
  };
  const since = () => read.splice(0);
  return { cloud, deps, since };
}

it.each([
  [true, ['look']],
  [false, ['look', 'locate']],
])('is located by the look that it was judged by, where that tells (%o)', async (shown, once) => {
  const { deps, since } = watchedWorld({ shown });
  const { id } = await submit(deps, ADA, ASK, SENDER);
  expect(since()).toEqual(['look']);
  await decide(deps, GRACE, { request: id, verdict: 'approve' });
  expect(since()).toEqual(once);
  await converge(deps, MACHINE.id, never);
  expect(since()).toEqual([...once, 'observe', 'proof']);
  expect((await deps.store.load(id)).request?.status).toBe('active');
  await revoke(deps, ADA, id);
  await converge(deps, MACHINE.id, never);
  expect(since()).toEqual(['proof']);
  expect((await deps.store.load(id)).request).toMatchObject({ status: 'ended', proof: { verdict: 'closed' } });
});

it('is not proven closed by what was read before something of it was closed', async () => {
  const { cloud, deps } = watchedWorld({ shown: true });
  const { id } = await submit(deps, ADA, ASK, SENDER);
  await decide(deps, GRACE, { request: id, verdict: 'approve' });
  await converge(deps, MACHINE.id, never);
  await revoke(deps, ADA, id);
  // A cloud that says it is done, and did nothing.
  cloud.close = async () => {};
  await converge(deps, MACHINE.id, never);
  expect((await deps.store.load(id)).request).toMatchObject({ status: 'closing', trouble: { code: 'cloudBusy' } });
});

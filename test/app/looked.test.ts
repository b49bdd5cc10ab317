import { expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { submit } from '../../src/app/request/submit.ts';
import type { Rule } from '../../src/core/rule/rule.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, SENDER, world } from './fixtures.ts';

const never = new AbortController().signal;

/** A cloud that tells each reading of its machine; `shown`: its look says where rules go. */
function watchedWorld({ shown }: { readonly shown: boolean }) {
  const { cloud, deps } = world();
  const { look, locate } = cloud;
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
  const since = () => read.splice(0);
  return { deps, since };
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
  expect(since()).toEqual(once);
  expect((await deps.store.load(id)).request?.status).toBe('active');
});

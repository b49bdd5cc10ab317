import { expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { submit } from '../../src/app/request/submit.ts';
import type { CallIds } from '../../src/ports/call-ids.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, SENDER } from './fixtures.ts';
import { boatWorld } from './lifeboat-rig.ts';

it('what is closed without Redis names the calls that the cloud carried out, by its own ids', async () => {
  const made = boatWorld();
  const { id } = await submit(made.deps, ADA, ASK, SENDER);
  await decide(made.deps, GRACE, { request: id, verdict: 'approve' });
  await converge(made.deps, MACHINE.id, new AbortController().signal);
  const calls: CallIds = {
    async collect(into, work) {
      const done = await work();
      into.push('RevokeSecurityGroupIngress 9a6');
      return done;
    },
  };
  Object.assign(made.deps, { calls });
  made.become('away');
  await made.pass(3_615);
  expect(made.spool.entries.map(({ outcome, calls: named }) => [outcome, named])).toEqual([
    ['begun', undefined],
    ['done', ['RevokeSecurityGroupIngress 9a6']],
  ]);
});

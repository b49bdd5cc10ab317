import { expect, it } from 'vitest';
import { decide } from '../../src/app/request/decide.ts';
import { submit } from '../../src/app/request/submit.ts';
import { readRecord } from '../../src/core/audit/record.ts';
import { policyVersion } from '../../src/core/policy/version.ts';
import { SSH } from '../core/samples.ts';
import { ADA, GRACE, POLICY, SENDER, world } from './fixtures.ts';

it('a request, each decision, and the audit keep which version of its policies decided', async () => {
  const { deps, house, audit } = world({ people: [ADA, GRACE] });
  const ask = { machine: 'api-1', ports: [SSH], forMs: 3_600_000, source: '203.0.113.7/32', justification: 'deploy' };
  const before = policyVersion([POLICY]);
  const asked = await submit(deps, ADA, ask, SENDER);
  expect(asked.policyVersion).toBe(before);
  house.policies = [{ ...POLICY, longestMs: 7_200_000 }];
  const after = policyVersion(house.policies);
  expect(after).not.toBe(before);
  const approved = await decide(deps, GRACE, { request: asked.id, verdict: 'approve' });
  expect(approved.policyVersion).toBe(after);
  expect(approved.reviews.map((review) => review.policyVersion)).toEqual([after]);
  expect(audit.all.map((one) => readRecord(one).facts.policyVersion)).toEqual([before, after]);
});

import type { Policy } from '../../core/policy/policy.ts';
import { policyVersion } from '../../core/policy/version.ts';
import type { Request } from '../../core/request/request.ts';

/** The policies that judged it, and what they said, as a request keeps it. */
export function judgedBy(policies: readonly Policy[]): Pick<Request, 'policies' | 'policyVersion'> {
  const version = policyVersion(policies);
  return { policies: policies.map(({ name }) => name), ...(version === undefined ? {} : { policyVersion: version }) };
}

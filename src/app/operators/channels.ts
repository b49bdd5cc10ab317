import type { Place } from '../../core/people/place.ts';
import type { HouseRules } from '../../core/policy/policy.ts';

/** Every channel of the configuration. */
export function channelsOf({ policies, digest, operators = [], protections = [] }: HouseRules): readonly Place[] {
  return [
    ...policies.flatMap(({ tell }) => tell),
    ...(digest?.tell ?? []),
    ...operators,
    ...protections.flatMap(({ lockdown }) => lockdown?.ask ?? []),
  ];
}

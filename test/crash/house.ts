import { oneStage } from '../../src/config/stage.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { HouseRules, Policy } from '../../src/core/policy/policy.ts';

export const PEOPLE: readonly Person[] = [
  { id: 'ada', name: 'Ada', slack: 'U1', manager: 'grace', address: '203.0.113.7/32', groups: ['eng'] },
  { id: 'lin', name: 'Lin', slack: 'U2', manager: 'grace', address: '203.0.113.7/32', groups: ['eng'] },
  { id: 'grace', name: 'Grace', slack: 'U3', groups: ['lead'] },
  { id: 'sam', name: 'Sam', slack: 'U4', groups: ['lead'] },
];
const [ADA, LIN, GRACE, SAM] = PEOPLE as readonly [Person, Person, Person, Person];

export { ADA, GRACE, LIN, SAM };

/** What takes two to approve. */
export const GUARDED = 'm-2';
export const RULES: HouseRules = {
  protectors: ['person:sam'],
  security: [],
  sources: new Map(),
  shortestMs: 1_000,
  policies: [
    policy({ name: 'guarded', machines: { names: [GUARDED], tags: {} }, stages: [oneStage(['group:lead'], 2)] }),
    policy({ name: 'all' }),
  ],
};

function policy(patch: Partial<Policy>): Policy {
  return {
    name: 'all',
    who: ['group:eng'],
    machines: { names: ['*'], tags: {} },
    ports: [{ number: 22, protocol: 'tcp' }],
    widest: { ipv4: 32, ipv6: 128 },
    anySource: false,
    bastion: false,
    cutSessions: false,
    longestMs: 3_600_000,
    stages: [oneStage(['manager'], 1)],
    moveWithin: [{ source: '203.0.113.0/28' }],
    extendSelfUpToMs: 3_600_000,
    unansweredMs: 3_600_000,
    tell: [],
    ...patch,
  };
}

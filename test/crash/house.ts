import type { Person } from '../../src/core/people/person.ts';
import type { HouseRules } from '../../src/core/policy/policy.ts';

export const PEOPLE: readonly Person[] = [
  { id: 'ada', name: 'Ada', slack: 'U1', manager: 'grace', address: '203.0.113.7/32', groups: ['eng'] },
  { id: 'lin', name: 'Lin', slack: 'U2', manager: 'grace', address: '203.0.113.7/32', groups: ['eng'] },
  { id: 'grace', name: 'Grace', slack: 'U3', groups: [] },
];
export const RULES: HouseRules = {
  protectors: [],
  security: [],
  sources: new Map(),
  shortestMs: 1_000,
  policies: [
    {
      name: 'all',
      who: ['group:eng'],
      machines: { names: ['*'], tags: {} },
      ports: [{ number: 22, protocol: 'tcp' }],
      widest: { ipv4: 32, ipv6: 128 },
      anySource: false,
      bastion: false,
      cutSessions: false,
      longestMs: 3_600_000,
      approvers: ['manager'],
      approvals: 1,
      extendSelfUpToMs: 3_600_000,
      unansweredMs: 3_600_000,
      tell: [],
    },
  ],
};

import { oneStage } from '../../src/config/stage.ts';
import type { Machine } from '../../src/core/machine/machine.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import type { Wish } from '../../src/core/policy/wish.ts';

const HOUR_MS = 3_600_000;
const AT = Date.UTC(2026, 2, 16, 10);
const PORTS = [22, 3389, 5985, 8443].map((number) => ({ number, protocol: 'tcp' as const }));

/** The same numbers at each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** So many policies, each for a group, a tag, and a port or two; as a large company would have them. */
export function policiesFor(count: number): readonly Policy[] {
  const some = numbers(1);
  return Array.from({ length: count }, (_, i) => ({
    name: `policy-${i}`,
    who: [`group:g${some(200)}` as const],
    machines: {
      names: some(4) === 0 ? [`app${some(50)}-*`] : [],
      tags: { team: `t${some(50)}`, env: some(2) === 0 ? 'prod' : 'dev' },
    },
    ports: PORTS.slice(some(3), 3 + some(2)),
    widest: { ipv4: 32, ipv6: 128 },
    anySource: false,
    bastion: false,
    cutSessions: false,
    longestMs: (1 + some(8)) * HOUR_MS,
    stages: [oneStage(['manager'], 1)],
    extendSelfUpToMs: 0,
    unansweredMs: 8 * HOUR_MS,
    tell: [],
  }));
}

/** So many different things that somebody asks for. */
export function wishesFor(count: number): readonly Wish[] {
  const some = numbers(2);
  const people = Array.from(
    { length: 500 },
    (_, i): Person => ({
      id: `p${i}`,
      name: `Person ${i}`,
      groups: Array.from({ length: 8 }, () => `g${some(200)}`),
    }),
  );
  const machines = Array.from(
    { length: 2_000 },
    (_, i): Machine => ({
      id: `aws:123456789012:eu-west-1:i-${i.toString(16).padStart(8, '0')}`,
      name: `app${some(50)}-${i}`,
      tags: { team: `t${some(50)}`, env: some(2) === 0 ? 'prod' : 'dev' },
      location: '',
    }),
  );
  return Array.from({ length: count }, () => ({
    person: people[some(people.length)] as Person,
    machine: machines[some(machines.length)] as Machine,
    ports: [PORTS[some(PORTS.length)] as (typeof PORTS)[number]],
    source: '203.0.113.7/32',
    isBastion: false,
    forMs: (1 + some(6)) * HOUR_MS,
    cutsSessions: true,
    now: AT,
  }));
}

import fc from 'fast-check';
import type { BoardRow } from '../../../src/core/board/row.ts';

const PEOPLE = ['ada', 'grace', 'lin'];
const MACHINES = ['aws:1:eu-west-1:i-1', 'aws:1:eu-west-1:i-2', 'azure:/subscriptions/s/m-3'] as const;
const HOUR_MS = 3_600_000;
const often = (most: number) => fc.integer({ min: 0, max: most * HOUR_MS });

/** Rows of any kind, some of them open still, within 12 days. */
export const anyRow: fc.Arbitrary<BoardRow> = fc
  .record({
    id: fc.integer({ min: 0, max: 30 }),
    machine: fc.constantFrom(...MACHINES),
    person: fc.constantFrom(...PEOPLE),
    source: fc.constantFrom('203.0.113.7/32', '198.51.100.0/28', '2001:db8::/64', 'sg-0123456789abcdef0', '0.0.0.0/0'),
    ports: fc.subarray(['22', '3389', '5985-5986'], { minLength: 1 }),
    asked: often(200),
    waited: often(3),
    took: often(80),
    late: often(1),
    fate: fc.constantFrom('ended', 'ended', 'active', 'denied', 'glass'),
  })
  .map(({ id, machine, person, source, ports, asked, waited, took, late, fate }): BoardRow => {
    const openedAt = asked + waited + 60_000;
    const until = openedAt + took;
    const isOpened = fate !== 'denied';
    return {
      ...{ id: `r${id}`, version: 1, status: fate === 'glass' ? 'ended' : (fate as 'ended' | 'active' | 'denied') },
      ...{ machine, machineName: machine.slice(-3), requester: { id: person, name: person.toUpperCase() } },
      ...{ people: [person], ports, source, policies: ['p1'], askedAt: asked, decidedAt: asked + waited },
      ...(isOpened ? { openedAt, until } : {}),
      ...(isOpened && fate !== 'active' ? { endedAt: until, closedAt: until + late, lateMs: late } : {}),
      ...(fate === 'glass' ? { isGlass: true as const } : {}),
    };
  });

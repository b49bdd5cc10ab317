import type { BoardRow } from '../../src/core/board/row.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/language/instant.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';

const PEOPLE = 400;
const SOURCES = ['203.0.113.7/32', '198.51.100.0/28', '2001:db8:4:1::/64', '192.0.2.0/24'];
const SPAN_MS = 89 * DAY_MS;

/** Past leases of a quarter: always the same ones, spread over so many machines. */
export function pastRows(many: number, machines: number, now: number): readonly BoardRow[] {
  const random = numbers(7);
  return Array.from({ length: many }, (_, i) => {
    const end = now - SPAN_MS + Math.floor((i / many) * SPAN_MS);
    const openedAt = end - Math.floor(5 * MINUTE_MS + random() * 4 * HOUR_MS);
    const person = Math.floor(random() * PEOPLE);
    const machine = Math.floor(random() * machines);
    const name = `Person ${person}`;
    return {
      id: i.toString(31).padStart(7, '0'),
      ...{ version: 6, status: 'ended' as const, machine: machineAt(machine), machineName: `m-${machine}` },
      location: 'production (123456789012), eu-west-1',
      requester: { id: `p${person}`, name },
      people: [`p${person}`, `p${(person + 1) % PEOPLE}`],
      ports: random() < 0.2 ? ['22', '3389'] : ['22'],
      source: SOURCES[Math.floor(random() * SOURCES.length)] ?? '203.0.113.7/32',
      policies: ['production'],
      ...{ askedAt: openedAt - 8 * MINUTE_MS, decidedAt: openedAt - MINUTE_MS, deciders: [`Person ${person + 1}`] },
      ...{ openedAt, until: end, endedAt: end, why: 'elapsed' as const },
      ...{ closedAt: end + 900, verdict: 'closed' as const, lateMs: 900 },
    };
  });
}

function machineAt(n: number): MachineId {
  return `aws:123456789012:eu-west-1:i-${n.toString(16).padStart(17, '0')}`;
}

/** Park and Miller: the same numbers on every machine. */
function numbers(seed: number): () => number {
  let at = seed;
  return () => {
    at = (at * 48_271) % 2_147_483_647;
    return at / 2_147_483_647;
  };
}

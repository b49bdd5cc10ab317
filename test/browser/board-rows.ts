import type { BoardRow } from '../../src/core/board/row.ts';
import type { AssessedMachine } from '../../src/core/machine/assessment.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const PEOPLE = ['Ada Okafor', 'Kim Sato', 'Lin Duarte', 'Noor Haddad', 'Tomás Silva', 'Wren Abbott', 'Ines Laurent'];
const MACHINES = [
  'web-1',
  'web-2',
  'api-1',
  'api-2',
  'jump-1',
  'build-1',
  'db-primary',
  'db-replica',
  'legacy-1',
  'win-jump',
];
const SOURCES = ['203.0.113.7/32', '198.51.100.23/32', '203.0.113.0/28', '192.0.2.0/24', '2001:db8:4:1::/64'];

/** A month of a small house: always the same, up to now. */
export function houseRows(now: number): readonly BoardRow[] {
  const random = numbers(11);
  const pick = <T>(all: readonly [T, ...T[]] | readonly T[]) => all[Math.floor(random() * all.length)] as T;
  const past = Array.from({ length: 420 }, (_, i): BoardRow => {
    const openedAt = now - 30 * DAY + Math.floor((i / 420) * 29.8 * DAY) + Math.floor(random() * 2 * HOUR);
    const end = openedAt + Math.floor((0.2 + random() ** 2 * 3.8) * HOUR);
    const lateMs = random() < 0.03 ? 95_000 : 300 + Math.floor(random() * 2_500);
    return {
      ...asked(
        `p${(10_000 + i).toString(28)}`,
        pick(MACHINES),
        pick(PEOPLE),
        openedAt - Math.floor(random() * 40 * MINUTE),
      ),
      ...{ version: 6, status: 'ended', source: pick(SOURCES), ports: random() < 0.2 ? ['22', '3389'] : ['22'] },
      ...(random() < 0.02
        ? { isGlass: true as const }
        : { decidedAt: openedAt - 5_000, deciders: ['Grace Lindqvist'] }),
      ...{ openedAt, until: end, endedAt: end, closedAt: end + lateMs, lateMs },
      ...{
        why: random() < 0.3 ? ('revoked' as const) : ('elapsed' as const),
        verdict: random() < 0.05 ? ('open' as const) : ('closed' as const),
      },
    };
  }).filter(({ closedAt = 0 }) => closedAt < now);
  return [...past, ...current(now)];
}

function current(now: number): readonly BoardRow[] {
  const open = (id: string, machine: string, who: string, minutes: number, left: number): BoardRow => ({
    ...asked(id, machine, who, now - minutes * MINUTE - 3 * MINUTE),
    ...{ status: 'active', decidedAt: now - minutes * MINUTE, deciders: ['Grace Lindqvist'] },
    ...{ openedAt: now - minutes * MINUTE, until: now + left * MINUTE, overAt: now + left * MINUTE },
  });
  return [
    { ...open('c222222', 'api-1', 'Kim Sato', 57, 3), ports: ['22'] },
    open('c333333', 'web-1', 'Ada Okafor', 12, 108),
    {
      ...open('c444444', 'db-primary', 'Noor Haddad', 20, 40),
      isGlass: true,
      reviewBy: now + DAY,
      source: '192.0.2.0/24',
    },
    { ...open('c555555', 'win-jump', 'Tomás Silva', 70, -2), status: 'closing', trouble: 'cloudBusy' },
    {
      ...asked('c666666', 'jump-1', 'Lin Duarte', now - 9 * MINUTE),
      waitsFor: ['Grace Lindqvist', 'Sam Haddad'],
      answerBy: now + 7 * HOUR,
    },
    {
      ...asked('c777777', 'web-2', 'Wren Abbott', now - 65 * MINUTE),
      waitsFor: ['Sam Haddad'],
      answerBy: now + 6 * HOUR,
      ports: ['22', '443'],
    },
    {
      ...asked('c888888', 'api-2', 'Ines Laurent', now - 3 * HOUR),
      status: 'scheduled',
      startsAt: now + 5 * HOUR,
      source: '203.0.113.0/28',
    },
  ];
}

function asked(id: string, machineName: string, name: string, askedAt: number): BoardRow {
  const who = name.split(' ')[0]?.toLowerCase() ?? name;
  return {
    ...{
      id,
      version: 1,
      status: 'pending' as const,
      machine: idOf(machineName),
      machineName,
      location: placeOf(machineName),
    },
    requester: { id: who, name },
    ...{ people: [who], ports: ['22'], source: '203.0.113.7/32', policies: ['production'], askedAt },
  };
}

export function houseMachines(): readonly AssessedMachine[] {
  return MACHINES.map((name, i) => {
    const machine = { id: idOf(name), name, tags: {}, location: placeOf(name) };
    const [isOpen, isBare] = [name === 'legacy-1', i % 4 === 1];
    const through = 'Port 22 is open to anyone (0.0.0.0/0) through launch-wizard-1.';
    return {
      machine,
      verdict: isBare ? ('unhealthy' as const) : ('healthy' as const),
      tab: isBare ? ('notConfigured' as const) : ('configured' as const),
      reasons: isBare ? ['Port 3389 is open to 10.0.0.0/8 through office-rdp.'] : [],
      ...(isOpen ? { stillOpen: [through] } : {}),
    };
  });
}

function idOf(name: string): MachineId {
  const n = MACHINES.indexOf(name);
  return n % 2 === 0
    ? `aws:123456789012:eu-west-1:i-${n.toString(16).padStart(17, '0')}`
    : `azure:/subscriptions/7f3c1f0e/resourcegroups/rg-prod/providers/microsoft.compute/virtualmachines/${name}`;
}

function placeOf(name: string): string {
  return MACHINES.indexOf(name) % 2 === 0 ? 'production, eu-west-1' : 'rg-prod, westeurope';
}

/** Park and Miller: the same numbers on every machine. */
function numbers(seed: number): () => number {
  let at = seed;
  return () => {
    at = (at * 48_271) % 2_147_483_647;
    return at / 2_147_483_647;
  };
}

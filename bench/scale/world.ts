import { inbox } from '../../src/app/inbox/inbox.ts';
import { HOUR_MS } from '../../src/core/language/instant.ts';
import type { Person } from '../../src/core/people/person.ts';
import { asked } from '../../src/core/request/life.ts';
import type { Request } from '../../src/core/request/request.ts';
import { fleetLeases } from '../burst/fleet.ts';
import type { Ground } from '../ground.ts';
import { machineNumber } from '../memory/cloud.ts';
import { house, MANAGER, POLICY } from '../memory/house.ts';
import { newId } from '../new-id.ts';

const PEOPLE = 1_000;
const OTHERS = 100;
/** What the people have who ask, however much others have. */
const OWN = 5;
const ASKED_OF_ONE = 20;
const AT_ONCE = 250;

/** Managers of their own numbers; the one who is asked is the first. */
const managers: readonly Person[] = Array.from({ length: OTHERS }, (_, i) =>
  i === 0
    ? MANAGER
    : {
        id: `manager.number${i}`,
        name: `Manager Number${i}`,
        slack: `U0000M${String(i).padStart(3, '0')}B`,
        groups: [],
      },
);

/**
 * So many requests, half of them waiting and half open, on so many machines. A requester with five and a manager who is
 * asked for twenty have the same at every size: what they are shown does not grow, and what is around it does.
 */
export async function worldOf(ground: Ground, requests: number, machines: number, prefix: string) {
  const { deps, people } = house(ground, { people: PEOPLE, machines, prefix, managers });
  const [ada] = people;
  if (!ada) throw new Error('nobody');
  const now = Date.now();
  const open = fleetLeases(Math.floor(requests / 2), now + 6 * HOUR_MS);
  const waiting = Array.from({ length: requests - open.length }, (_, n) => waits(n, now, machines));
  for (const some of portions([...open.map((one, n) => givenTo(one, n)), ...waiting])) {
    const saved = await deps.store.save(some.map((next) => ({ next, from: 0 })));
    if (saved.some((one) => one !== 'saved')) throw new Error(`not saved: ${saved.join(', ')}`);
  }
  return { chats: inbox(deps), deps, requester: ada, manager: MANAGER };
}

function* portions(all: readonly Request[]): Generator<readonly Request[]> {
  for (let from = 0; from < all.length; from += AT_ONCE) yield all.slice(from, from + AT_ONCE);
}

/** The first few of each kind are the requester's, the rest of everybody else. */
function personOf(n: number) {
  const i = n < OWN ? 0 : 1 + (n % (PEOPLE - 1));
  const digits = String(i + 1).padStart(4, '0');
  return { id: `person.number${digits}`, name: `Person Number${digits}` };
}

function givenTo(lease: Request, n: number): Request {
  return { ...lease, requester: personOf(n), asked: [managerOf(n)] };
}

function managerOf(n: number) {
  const { id, name } = managers[n < ASKED_OF_ONE ? 0 : 1 + (n % (OTHERS - 1))] ?? MANAGER;
  return { id, name };
}

function waits(n: number, now: number, machines: number): Request {
  const { id: machine, name } = machineNumber((n % machines) + 1);
  return asked({
    id: newId(),
    askedAt: now,
    requester: personOf(n),
    machine,
    machineName: name,
    ports: [{ number: 22, protocol: 'tcp' }],
    source: '203.0.113.7/32',
    forMs: HOUR_MS,
    justification: 'deploy 4711: roll back the payment service',
    policies: [POLICY.name],
    asked: [managerOf(n)],
    places: [],
    answerBy: now + 8 * HOUR_MS,
    standing: [],
  });
}

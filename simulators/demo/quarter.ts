import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from '../../src/core/language/instant.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import { closed, elapsed, revoked } from '../../src/core/request/closing.ts';
import { approved, asked, denied, letIn, opened, placed, unanswered, withdrawn } from '../../src/core/request/life.ts';
import { proofOf } from '../../src/core/request/proof.ts';
import type { Activating, Ended, Pending, Refused } from '../../src/core/request/request.ts';
import type { Who } from '../../src/core/request/review.ts';
import type { Port } from '../../src/core/rule/port.ts';
import type { Placement } from '../../src/core/rule/rule.ts';
import { AWS_ACCOUNT_ID, AWS_REGION, people, SUBSCRIPTION_ID } from '../world.ts';

const LEASES = 3_000;
/** A little less than records are kept. */
const SPAN_MS = 89 * DAY_MS;
const LETTERS = '23456789abcdefghjkmnpqrstuvwxyz';

/** Who asks: the house is larger than what one can play in the demo, and what its people do there is not changed by this. */
const REQUESTERS: readonly Who[] = [
  ...['Kim Sato', 'Lin Duarte', 'Noor Haddad', 'Tomás Silva', 'Wren Abbott', 'Ines Laurent', 'Jonas Weber'],
  ...['Priya Nair', 'Marek Novak', 'Zoë Adams', 'Femi Bello', 'Aiko Tanaka', 'Luca Conti', 'Sara Lindholm'],
].map((name) => ({ id: idOf(name), name }));
const [GRACE, SAM] = [whoOf(people.manager), whoOf(people.security)];
/** The first are asked for most. */
const MACHINES = ['build-agent', 'orders', 'web', 'queue', 'reports', 'search', 'bastion', 'billing'].flatMap((name) =>
  [1, 2, 3, 4].map((n) => `${name}-${n}`),
);
const SOURCES = ['203.0.113.21/32', '203.0.113.34/32', '198.51.100.23/32', '203.0.113.16/28', '2001:db8:4:1::/64'];
const WHY = [
  'a look at the slow queries',
  'release 4702',
  'the disk is nearly full',
  'the job of last night failed',
  'a customer waits for an export',
  'to rotate the certificate',
];

/**
 * What a house has behind it: a quarter of requests up to `now`, the oldest first, made by the same steps as real ones. Always the
 * same ones for the same instant.
 */
export function quarterUntil(now: Instant): readonly (Ended | Refused)[] {
  const random = numbers(4711);
  const days = Array.from({ length: LEASES }, () => workingTime(now - SPAN_MS, now - 6 * HOUR_MS, random));
  return days.sort((a, b) => a - b).map((at, i) => lifeFrom(at, idAt(i), random));
}

/** Somewhere between two instants, mostly by day and from Monday to Friday. */
function workingTime(from: Instant, to: Instant, random: () => number): Instant {
  for (let tries = 0; tries < 20; tries += 1) {
    const at = from + Math.floor(random() * (to - from));
    const [hour, day] = [new Date(at).getUTCHours(), new Date(at).getUTCDay()];
    const isWork = hour >= 7 && hour < 18 && day >= 1 && day <= 5;
    if (isWork || random() < 0.06) return at;
  }
  return from;
}

function lifeFrom(at: Instant, id: string, random: () => number): Ended | Refused {
  const request = askedAt(at, id, random);
  const after = Math.floor(20 * SECOND_MS + random() ** 3 * 50 * MINUTE_MS);
  const [decided, luck, by] = [at + after, random(), random() < 0.8 ? GRACE : SAM];
  if (luck < 0.03) return denied(request, { by, at: decided, verdict: 'deny', reason: 'Use the runbook first.' });
  if (luck < 0.04) return withdrawn(request, request.requester, decided);
  if (luck < 0.05) return unanswered(request, request.answerBy);
  const isGlass = luck > 0.99;
  const review = { by: SAM, at: at + 5 * HOUR_MS, verdict: 'right', words: 'Yes, it burned.' } as const;
  const glass = { ...request, breakGlass: { reviewBy: at + DAY_MS, review } };
  const approval = isGlass ? letIn(glass, at) : approved(request, { by, at: decided, verdict: 'approve' });
  return leaseOf(approval as Activating, random);
}

function leaseOf(approval: Activating, random: () => number): Ended {
  const at = approval.lease.from + Math.floor(1_500 + random() ** 3 * 20 * SECOND_MS);
  const placements = approval.ports.map((port) => placementAt(approval, port));
  const known = placements.map((one, i) => ({ ...one, id: `sgr-${approval.id}${i}` }));
  const active = opened(placed(approval, placements, [], at), at, { placements: known, standing: [] });
  const { until } = active.lease;
  const isEarly = random() < 0.35;
  const end = isEarly ? at + Math.floor((0.1 + random() * 0.8) * (until - at)) : until;
  const closing = isEarly ? revoked(active, active.requester, end) : elapsed(active, end);
  // Most are proven closed within seconds; some wait for a cloud that is slow, or away.
  const slow = random();
  const late = (slow < 0.01 ? 20 + random() * 40 : 0.7 + random() ** 4 * 15) * SECOND_MS;
  const ports = active.ports.map((port) =>
    random() < 0.02
      ? ({ port, verdict: 'open', ways: [{ source: '10.0.0.0/8', through: 'launch-wizard-1' }] } as const)
      : ({ port, verdict: 'closed' } as const),
  );
  return closed(closing, proofOf(end + Math.floor(late), ports), undefined);
}

function askedAt(at: Instant, id: string, random: () => number): Pending {
  const machineName = pick(MACHINES, random() ** 1.6);
  const machine = machineOf(machineName);
  const isWindows = machineName.startsWith('billing');
  const port: Port = { number: isWindows ? 3_389 : 22, protocol: 'tcp' };
  const more: readonly Port[] = random() < 0.08 ? [{ number: 5_986, protocol: 'tcp' }] : [];
  return asked({
    ...{ id, machine, machineName, askedAt: at },
    location: machine.startsWith('aws') ? `${AWS_ACCOUNT_ID}, ${AWS_REGION}` : 'rg-prod, westeurope',
    requester: pick(REQUESTERS, random() ** 1.4),
    ports: [port, ...more],
    source: pick(SOURCES, random() ** 1.5),
    forMs: pick([30 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS, 4 * HOUR_MS], random()),
    justification: pick(WHY, random()),
    policies: [machineName.startsWith('bastion') ? 'jump-hosts' : 'production'],
    ...{ asked: [GRACE, SAM], places: [], standing: [], answerBy: at + 8 * HOUR_MS },
  });
}

function placementAt({ machine, source, machineName }: Activating, port: Port): Placement {
  const isAws = machine.startsWith('aws');
  const at = isAws ? `${AWS_ACCOUNT_ID}:${AWS_REGION}:sg-${machineName}` : `${machine}/nsg`;
  return { rule: { machine, port, source }, backend: isAws ? 'securityGroup' : 'nsg', at, locks: [at] };
}

function machineOf(name: string): MachineId {
  const n = MACHINES.indexOf(name);
  return n % 3 === 0
    ? `azure:/subscriptions/${SUBSCRIPTION_ID}/resourcegroups/rg-prod/providers/microsoft.compute/virtualmachines/${name}`
    : `aws:${AWS_ACCOUNT_ID}:${AWS_REGION}:i-${(0xd0000 + n).toString(16).padStart(17, '0')}`;
}

/** Ids in the order of time: what happens in one millisecond is ordered by them. */
function idAt(n: number): string {
  const letter = (place: number) => LETTERS[Math.floor(n / LETTERS.length ** place) % LETTERS.length];
  return `past${letter(2)}${letter(1)}${letter(0)}`;
}

/** `part` from 0 to 1, without 1. */
function pick<T>(all: readonly T[], part: number): T {
  return all[Math.floor(part * all.length)] as T;
}

function whoOf({ id, name }: Who): Who {
  return { id, name };
}

function idOf(name: string): string {
  return name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z]/g, '');
}

/** Park and Miller: the same numbers on every machine. */
function numbers(seed: number): () => number {
  let at = seed;
  return () => {
    at = (at * 48_271) % 2_147_483_647;
    return at / 2_147_483_647;
  };
}

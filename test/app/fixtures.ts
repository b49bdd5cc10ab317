import { staticDirectory } from '../../adapters/directory/static.ts';
import { ManualClock } from '../../simulators/shared/clock.ts';
import type { Deps } from '../../src/app/deps.ts';
import { oneStage } from '../../src/config/stage.ts';
import type { Machine } from '../../src/core/machine/machine.ts';
import type { Hearing } from '../../src/core/people/hearing.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { ChatName, Place } from '../../src/core/people/place.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import type { Request } from '../../src/core/request/request.ts';
import { MANAGEMENT_PORTS } from '../../src/core/rule/port.ts';
import { type MarkedRule, type Placement, placementKey } from '../../src/core/rule/rule.ts';
import type { SourceNames } from '../../src/core/rule/source.ts';
import type { View } from '../../src/core/view/view.ts';
import type { Addressed } from '../../src/ports/addressed.ts';
import type { ChatAdapter, PreviousCard } from '../../src/ports/chat.ts';
import type { CloudAdapter, Found, Protector } from '../../src/ports/cloud.ts';
import type { Remover } from '../../src/ports/remover.ts';
import { memoryAudit } from '../memory/audit.ts';
import { memoryLock } from '../memory/lock.ts';
import { memoryProtectionRecords } from '../memory/protection-records.ts';
import { memoryQueue } from '../memory/queue.ts';
import { memoryStore } from '../memory/store.ts';
import { memoryUndo } from '../memory/undo.ts';

export const MACHINE: Machine = {
  id: 'aws:123456789012:eu-west-1:i-0123456789abcdef0',
  name: 'api-1',
  tags: { env: 'prod' },
  location: 'eu-west-1',
};

export const PEOPLE: readonly Person[] = [
  { id: 'ada', name: 'Ada', slack: 'U1', manager: 'grace', address: '203.0.113.7/32', groups: ['eng'] },
  { id: 'grace', name: 'Grace', slack: 'U2', groups: [] },
];

/** Asks; and her manager, who decides. */
export const [ADA, GRACE] = PEOPLE as readonly [Person, Person];

export const POLICY: Policy = {
  name: 'production',
  who: ['group:eng'],
  machines: { names: ['*'], tags: {} },
  ports: [{ number: 22, protocol: 'tcp' }],
  widest: { ipv4: 28, ipv6: 64 },
  anySource: false,
  bastion: false,
  cutSessions: false,
  longestMs: 4 * 3_600_000,
  stages: [oneStage(['manager'], 1)],
  extendSelfUpToMs: 0,
  unansweredMs: 8 * 3_600_000,
  tell: [{ chat: 'slack', kind: 'channel', id: 'C1' }],
};

/** A cloud in memory that does what it is told, and says what it was told. */
export class TestCloud implements CloudAdapter, Addressed, Protector, Remover {
  readonly cloud = 'aws';
  readonly limits = { callMs: 1_000, readLagMs: 1_000 };
  readonly rules = new Map<string, MarkedRule>();
  readonly calls: string[] = [];
  /** What the next mutating calls throw. */
  failures: Error[] = [];
  patrolled: readonly Found[] = [];
  machineList: readonly Machine[] = [MACHINE];
  /** Places that cannot be read. */
  unread: readonly string[] = [];

  machines = async () => ({ all: this.machineList, unread: this.unread });
  /** Who has which address. */
  addresses: ReadonlyMap<string, readonly Machine['id'][]> = new Map();
  addressed: Addressed['addressed'] = async (address) => ({
    machines: this.addresses.get(address) ?? [],
    unread: this.unread,
  });
  look: CloudAdapter['look'] = async () => ({
    machine: MACHINE,
    identity: 'i-1',
    protection: { ports: MANAGEMENT_PORTS.map((port) => ({ port, sources: [], longestMs: 86_400_000 })) },
    standing: [],
  });
  protect: Protector['protect'] = (machine, _, signal) => this.look(machine, signal);
  protectKey: Protector['protectKey'] = async (machine) => machine;
  unprotect: Protector['unprotect'] = (machine, signal) => this.look(machine, signal);
  check = async () => {};
  locate: CloudAdapter['locate'] = async (rules) =>
    rules.map((rule) => ({ rule, backend: 'test', at: 'sg-1', locks: ['sg-1'] }));
  observe: CloudAdapter['observe'] = async () => ({
    ours: [...this.rules.values()],
    others: [],
    effective: MANAGEMENT_PORTS.map((port) => ({ port, state: 'closed' as const })),
  });
  open: CloudAdapter['open'] = async (openings, _, beforeCall) => {
    for (const { placement, until } of openings) {
      this.#call(`open until ${until}`, beforeCall);
      this.rules.set(placementKey(placement), { placement, mark: 'valid', until });
    }
    return openings.map(({ placement }) => ({ placement, outcome: 'opened' as const }));
  };
  onlyRemoves?: CloudAdapter['onlyRemoves'];
  mustHave?: CloudAdapter['mustHave'];
  close: CloudAdapter['close'] = async (placements, _, beforeCall) => {
    this.#call(`close ${placements.length}`, beforeCall);
    for (const placement of placements) this.rules.delete(placementKey(placement));
  };
  async *patrol(): AsyncGenerator<Found> {
    yield* this.patrolled;
  }
  /** With a clock the cloud tells its time. */
  clock: (() => number) | undefined;
  async *marked(): AsyncGenerator<Found> {
    for (const rule of this.rules.values()) yield { ...rule, ...this.#cloudNow() };
  }
  remove: Remover['remove'] = async (placements, mayGo) => {
    const found = placements.flatMap((placement) => this.rules.get(placementKey(placement)) ?? []);
    const going = found.filter((rule) => mayGo({ ...rule, ...this.#cloudNow() })).map(({ placement }) => placement);
    if (going.length > 0) this.#call(`remove ${going.length}`, () => {});
    for (const placement of going) this.rules.delete(placementKey(placement));
    return going;
  };

  #cloudNow(): { cloudNow?: number } {
    return this.clock ? { cloudNow: this.clock() } : {};
  }

  #call(what: string, beforeCall: () => void): void {
    beforeCall();
    this.calls.push(what);
    const failure = this.failures.shift();
    if (failure) throw failure;
  }
}

/** A chat that keeps what it was shown. */
export class TestChat implements ChatAdapter {
  readonly chat = 'slack';
  readonly shown: { readonly view: View; readonly place: Place; readonly previous: PreviousCard }[] = [];
  failures: Error[] = [];
  publish: ChatAdapter['publish'] = async (view, place, previous) => {
    this.shown.push({ view, place, previous });
    const failure = this.failures.shift();
    if (failure) throw failure;
    return previous.ref ?? { ts: String(this.shown.length) };
  };
  start = async () => {};
  stop = async () => {};
  check = async () => {};
}

/** What may change while a story goes on. */
export interface House {
  people: readonly Person[];
  policies: readonly Policy[];
  sources: SourceNames;
  hearings: ReadonlyMap<string, Hearing>;
}

interface WorldOptions extends Partial<House> {
  readonly trusted?: () => boolean;
  /** Where people can be reached. */
  readonly chats?: readonly ChatName[];
  /** Is shown every request that the store gives or takes. */
  readonly seen?: (request: Request) => void;
}

export function world({ trusted, seen, chats = ['slack'], ...options }: WorldOptions = {}) {
  const house: House = { people: PEOPLE, policies: [POLICY], sources: new Map(), hearings: new Map(), ...options };
  const known = () => staticDirectory(house.people, chats);
  const clock = new ManualClock(Date.UTC(2026, 10, 23, 12));
  const cloud = new TestCloud();
  const chat = new TestChat();
  const queue = memoryQueue();
  const log: string[] = [];
  const audit = memoryAudit(clock.now);
  let random = 0;
  const deps: Deps = {
    store: memoryStore({ now: clock.now, audit, ...(trusted ? { trusted } : {}), ...(seen ? { seen } : {}) }),
    queue,
    audit,
    lock: memoryLock(),
    undo: memoryUndo(),
    records: memoryProtectionRecords(),
    clouds: new Map([['aws', cloud]]),
    chats: new Map([['slack', chat]]),
    directory: {
      person: (chat, user) => known().person(chat, user),
      byId: (id) => known().byId(id),
      members: (group) => known().members(group),
      find: (typed) => known().find(typed),
      accountOf: (chat, id) => known().accountOf(chat, id),
      reach: (person) => known().reach(person),
    },
    rules: {
      get policies() {
        return house.policies;
      },
      protectors: [],
      security: [],
      get sources() {
        return house.sources;
      },
      shortestMs: 300_000,
      get hearings() {
        return house.hearings;
      },
    },
    log: { info: () => {}, warn: (_, message) => log.push(message), error: (_, message) => log.push(message) },
    random: (n) =>
      Uint8Array.from({ length: n }, () => {
        random += 37;
        return random % 256;
      }),
    monotonic: clock.now,
  };
  return { clock, cloud, chat, queue, log, audit, deps, house };
}

/** A person who speaks in Slack. */
export function inSlack(person: Person) {
  return { person, chat: 'slack', account: person.slack ?? '' } as const;
}

/** A user of the command line. */
export const HOST = { user: 'root', host: 'bastion' } as const;

export const SENDER = {
  chat: 'slack',
  user: 'U1',
  place: { chat: 'slack', kind: 'channel', id: 'C1' },
  key: 'k1',
} as const;

export function placement(source = '203.0.113.7/32'): Placement {
  return {
    rule: { machine: MACHINE.id, port: { number: 22, protocol: 'tcp' }, source },
    backend: 'test',
    at: 'sg-1',
    locks: ['sg-1'],
  };
}

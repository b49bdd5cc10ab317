import type { Services } from '../../simulators/demo/services.ts';

/** What people did about one source address; each request has one of its own. */
export interface Asked {
  readonly source: string;
  readonly who: 'requester' | 'colleague';
  readonly machine: string;
  readonly forMs: number;
  /** Since when somebody may have approved it; undefined while nobody tried. */
  approvingAt?: number;
  /** When the approval was known to be taken: no end is later than this and `forMs`. */
  approvedAt?: number;
  /** When a chat first said that taking it back is accepted. */
  revokingAt?: number;
  /** When it was known that it was taken back. */
  revokedAt?: number;
}

/** A rule of Drawbridge, as the simulators hold it. */
interface Seen {
  /** The latest end that its mark said. */
  until: number;
  goneAt?: number;
}

interface Standing {
  readonly key: string;
  readonly source: string;
  readonly until: number;
}

/** What the watch has to know of the troubles. */
export interface Circumstances {
  /** Since when every process knows that the colleague is not there any more. */
  readonly removedAt: number | undefined;
  /** How far clocks are off, by which ends that are given then may be later. */
  readonly off: { readonly redisMs: number };
  /**
   * Since when a program is up; infinite while none is. How long something stands past its end counts from there at the earliest.
   * Absent: one is up all the time.
   */
  readonly upSince?: () => number;
}

const LOOK_MS = 100;
/** What was begun for somebody before they were removed is done by then. */
const BEGUN_MS = 5_000;
const MARK = /db1\.[a-z0-9]+\.[a-z0-9-]+\.([0-9a-z]{6,9})\./;

/**
 * Looks at the simulators' own records ten times a second, and judges what stands there by what people did. It knows nothing of
 * the program but how its rules are called, and the end that their marks tell.
 */
export class Watch {
  readonly violations: string[] = [];
  readonly #services: Services;
  readonly #asked: ReadonlyMap<string, Asked>;
  readonly #toleranceMs: number;
  readonly #around: Circumstances;
  readonly #seen = new Map<string, Seen>();
  readonly #told = new Set<string>();
  readonly #timer: NodeJS.Timeout;

  constructor(services: Services, asked: ReadonlyMap<string, Asked>, toleranceMs: number, around: Circumstances) {
    this.#services = services;
    this.#around = around;
    this.#asked = asked;
    this.#toleranceMs = toleranceMs;
    this.#timer = setInterval(() => this.look(), LOOK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** How many rules stand now. */
  get standing(): number {
    return [...this.#seen.values()].filter(({ goneAt }) => goneAt === undefined).length;
  }

  /** Rules that were seen so far. */
  get opened(): number {
    return this.#seen.size;
  }

  /** Of every rule that went at its end: how many milliseconds after it. One that was taken back went before. */
  get lateness(): readonly number[] {
    return [...this.#seen.values()].flatMap(({ until, goneAt }) =>
      goneAt !== undefined && goneAt >= until ? [goneAt - until] : [],
    );
  }

  /** Of every rule that went because it was taken back: how many milliseconds after a chat had accepted that. */
  get revocations(): readonly number[] {
    return [...this.#seen].flatMap(([key, { until, goneAt }]) => {
      const { revokingAt } = this.#asked.get(key.slice(key.indexOf(' ') + 1)) ?? {};
      if (goneAt === undefined || goneAt >= until || revokingAt === undefined) return [];
      return [Math.max(0, goneAt - revokingAt)];
    });
  }

  look(now: number = Date.now()): void {
    const rules = new Map(standingIn(this.#services).map((rule) => [rule.key, rule]));
    for (const rule of rules.values()) this.#judge(rule, now);
    for (const [key, seen] of this.#seen) if (!rules.has(key)) seen.goneAt ??= now;
  }

  #judge({ key, source, until }: Standing, now: number): void {
    const asked = this.#asked.get(source);
    const { removedAt = Number.POSITIVE_INFINITY, off, upSince = () => 0 } = this.#around;
    const isNew = !this.#seen.has(key) || this.#seen.get(key)?.goneAt !== undefined;
    const seen = this.#seen.get(key) ?? { until };
    if (isNew && asked?.who === 'colleague' && now > removedAt + BEGUN_MS)
      this.#say(key, 'was opened for somebody who had been removed');
    this.#seen.set(key, seen);
    seen.until = Math.max(seen.until, until);
    if (asked?.approvingAt === undefined) this.#say(key, 'is open, and nobody approved it');
    else if (asked.approvedAt !== undefined && seen.until > asked.approvedAt + asked.forMs + 1_000 + off.redisMs)
      this.#say(key, 'has a later end than was approved');
    if (seen.goneAt !== undefined) {
      const isOver = seen.goneAt >= seen.until || (asked?.revokedAt ?? Number.POSITIVE_INFINITY) <= seen.goneAt;
      if (isOver) this.#say(key, `was closed, and was opened again ${now - seen.goneAt} ms later`);
      delete seen.goneAt;
    }
    const end = Math.min(seen.until, asked?.revokedAt ?? seen.until);
    if (now > Math.max(end, upSince()) + this.#toleranceMs)
      this.#say(key, `is open ${this.#toleranceMs / 1_000} s past its end`);
  }

  /** Each once. */
  #say(key: string, what: string): void {
    const short = `${key} ${what.replace(/\d+ ms/, '')}`;
    if (this.#told.has(short)) return;
    this.#told.add(short);
    this.violations.push(`${new Date().toISOString()} ${key} ${what}`);
  }
}

/** Rules of Drawbridge that let somebody in. */
function standingIn({ azure, aws }: Services): readonly Standing[] {
  const groups = azure
    .state()
    .nsgs.flatMap((nsg) =>
      nsg.rules
        .filter(({ name, access }) => access === 'Allow' && name.startsWith('drawbridge-demo-'))
        .map((rule) => ({ where: nsg.name, source: rule.sources[0] ?? '', mark: rule.description })),
    );
  const own = aws
    .state()
    .groups.filter(({ name }) => name.startsWith('drawbridge-'))
    .flatMap((group) =>
      group.rules
        .filter(({ direction }) => direction === 'ingress')
        .map((rule) => ({ where: group.name, source: rule.source, mark: JSON.stringify(rule.tags) })),
    );
  return [...groups, ...own].map(({ where, source, mark }) => {
    const bare = source.replace(/\/32$/, '');
    const end = MARK.exec(mark)?.[1];
    return { key: `${where} ${bare}`, source: bare, until: end === undefined ? 0 : Number.parseInt(end, 36) };
  });
}

import { MINUTE_MS } from '../../core/language/instant.ts';
import type { Saying } from '../../core/language/text.ts';
import { uniquePlaces } from '../../core/people/place.ts';
import type { Report } from '../../core/view/report.ts';
import type { Deps } from '../deps.ts';
import { newsOf, tellPlaces, tellWays } from '../protect/news.ts';

/** What one process told, the others do not tell again: by then each has had its turn. */
const TOLD_MS = 15 * MINUTE_MS;
/** The same for what all of them see at once, and can say exactly: later it is another time. */
const SAME_MS = MINUTE_MS;
/** Troubles that are kept at a time; there are few kinds of them. */
const MOST = 100;

export interface Alarm {
  /** The same for as long as it lasts. */
  readonly key: string;
  /** By `say`, each of them: a string is nobody's language, and would be English for everybody. */
  readonly title: Saying;
  readonly lines: readonly Saying[];
  /** It is told by every way that needs no chat, too, whether a chat takes it or not. */
  readonly isLoud?: boolean;
  /** A higher one is told again. */
  readonly level?: number;
  /** What exactly it is, the same in every process that sees it: something else under the same key is told again. */
  readonly is?: string;
}

interface Raised {
  readonly level: number;
  readonly is: string | undefined;
  /** `owed`: it is this process's to tell. `maybe`: another one may tell it, until then. */
  readonly state: 'told' | 'owed' | 'maybe';
  readonly untilMs: number;
}

export type AlarmDeps = Pick<Deps, 'rules' | 'chats' | 'log' | 'store' | 'monotonic' | 'ways'>;

/**
 * Tells the operators' places of trouble: once when it begins, once when it gets worse, and once when it is over. Where no
 * place is named, and no way that needs no chat, the log alone has it. Of several processes one tells, and the same again after a quarter of an hour at the
 * earliest.
 */
export class Alarms {
  readonly #deps: AlarmDeps;
  readonly #raised = new Map<string, Raised>();
  readonly #overAt = new Map<string, number>();

  constructor(deps: AlarmDeps) {
    this.#deps = deps;
  }

  async raise({ key, title, lines, level = 0, is, isLoud = false }: Alarm): Promise<void> {
    const last = this.#raised.get(key);
    const before = last?.is === is ? last : undefined;
    if (before?.state === 'told' && before.level >= level) return;
    if (!last && this.#raised.size >= MOST) return;
    const now = this.#deps.monotonic();
    const isMine = before?.state === 'owed' || (await this.#isFirst(`alarm:${key}:${is ?? level}`, is));
    // Told by another process, unless that was of a time before, which is over: then somebody tells it a little later.
    const isNew = is === undefined && now - (this.#overAt.get(key) ?? Number.NEGATIVE_INFINITY) < TOLD_MS;
    const untilMs = before?.untilMs ?? now + TOLD_MS;
    const other = isNew && now < untilMs ? 'maybe' : 'told';
    const state = isMine ? ((await this.#tell(title, lines, isLoud)) ? 'told' : 'owed') : other;
    this.#raised.set(key, { level, is, state, untilMs });
  }

  /** Says nothing where nothing was raised, or nobody was told of it. */
  async over({ key, title, lines }: Omit<Alarm, 'level' | 'is' | 'isLoud'>): Promise<void> {
    const before = this.#raised.get(key);
    if (!before) return;
    this.#raised.delete(key);
    if (this.#overAt.size >= MOST) this.#overAt.clear();
    this.#overAt.set(key, this.#deps.monotonic());
    const what = before.is === undefined ? '' : `:${before.is}`;
    if (before.state === 'told' && (await this.#isFirst(`alarm:${key}:over${what}`, before.is)))
      await this.#tell(title, lines);
  }

  /** For a process that is about to go. */
  async lastWords(title: Saying, lines: readonly Saying[]): Promise<void> {
    await this.#tell(title, lines);
  }

  async #isFirst(key: string, is: string | undefined): Promise<boolean> {
    try {
      return await this.#deps.store.once(key, is === undefined ? TOLD_MS : SAME_MS);
    } catch {
      // Twice is better than not at all.
      return true;
    }
  }

  async #tell(title: Saying, lines: readonly Saying[], isLoud = false): Promise<boolean> {
    const places = uniquePlaces(this.#deps.rules.operators ?? []);
    const report: Report = { title, sections: [{ heading: '', rows: lines.map((line) => ({ line: [line] })) }] };
    const { ways = [] } = this.#deps;
    const byWays = () => tellWays(this.#deps, newsOf(this.#deps, report));
    const isTold = places.length > 0 && (await tellPlaces(this.#deps, report, places)) > 0;
    if (isTold && isLoud) await byWays();
    if (isTold) return true;
    // No chat takes it, or none is to: by every way that needs none. Where there is no way either, the log alone has it.
    if (ways.length === 0) return places.length === 0;
    return (await byWays()) > 0;
  }
}

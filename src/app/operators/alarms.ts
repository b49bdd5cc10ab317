import { MINUTE_MS } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import type { Saying } from '../../core/language/text.ts';
import { uniquePlaces } from '../../core/people/place.ts';
import type { Report } from '../../core/view/report.ts';
import type { Deps } from '../deps.ts';
import { newsOf, tellPlaces, tellWays } from '../protect/news.ts';

/** What one process told, the others do not tell again: by then each has had its turn. */
const TOLD_MS = 15 * MINUTE_MS;
/** The same for what all of them see at once, and can say exactly: later it is another time. */
const SAME_MS = MINUTE_MS;
/** Troubles that are remembered at a time. Of some kinds, as of entries that are missing in the audit, any number comes, and none ends. */
const MOST = 100;
/** That there are more. */
const FULL = 'alarms';
/** Those that were over within `TOLD_MS`. */
const MOST_OVER = 10_000;

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
 * earliest. Where more last than are remembered, the one that was raised longest ago is forgotten: what is looked at again and again stays.
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
    if (before?.state === 'told' && before.level >= level) return keepLast(this.#raised, key, before);
    const now = this.#deps.monotonic();
    const isMine = before?.state === 'owed' || (await this.#isFirst(`alarm:${key}:${is ?? level}`, is));
    // Told by another process, unless that was of a time before, which is over: then somebody tells it a little later.
    const isNew = is === undefined && now - (this.#overAt.get(key) ?? Number.NEGATIVE_INFINITY) < TOLD_MS;
    const untilMs = before?.untilMs ?? now + TOLD_MS;
    const other = isNew && now < untilMs ? 'maybe' : 'told';
    const state = isMine ? ((await this.#tell(title, lines, isLoud)) ? 'told' : 'owed') : other;
    keepLast(this.#raised, key, { level, is, state, untilMs });
    if (this.#raised.size > MOST) await this.#forgetFirst();
  }

  /** Says nothing where nothing was raised, or nobody was told of it. */
  async over({ key, title, lines }: Omit<Alarm, 'level' | 'is' | 'isLoud'>): Promise<void> {
    const before = this.#raised.get(key);
    if (!before) return;
    this.#raised.delete(key);
    this.#isOver(key);
    const what = before.is === undefined ? '' : `:${before.is}`;
    if (before.state === 'told' && (await this.#isFirst(`alarm:${key}:over${what}`, before.is)))
      await this.#tell(title, lines);
    if (this.#raised.size <= MOST / 2)
      await this.over({ key: FULL, title: say`There is room for alarms again`, lines: [say`Nothing has to be done.`] });
  }

  /** What lasts is raised again, and then told a little later, as what was over and began again. */
  async #forgetFirst(): Promise<void> {
    const [key] = this.#raised.keys();
    if (key === undefined) return;
    this.#raised.delete(key);
    this.#isOver(key);
    this.#deps.log.error(
      { alarm: key },
      'more alarms last than are remembered: the one that was raised longest ago is forgotten',
    );
    await this.raise({
      key: FULL,
      title: say`More than ${MOST} alarms last`,
      lines: [
        say`Drawbridge remembers ${MOST} of them. Those that were raised longest ago are forgotten, and may be told again.`,
        say`The log has all of them. Mend what lasts; what cannot end, as what is missing in the audit, is forgotten by a restart.`,
      ],
      isLoud: true,
    });
  }

  #isOver(key: string): void {
    const now = this.#deps.monotonic();
    keepLast(this.#overAt, key, now);
    // The oldest are first; what is longer ago counts no more.
    for (const [one, at] of this.#overAt) {
      if (now - at < TOLD_MS) break;
      this.#overAt.delete(one);
    }
    const [oldest] = this.#overAt.keys();
    if (this.#overAt.size > MOST_OVER && oldest !== undefined) this.#overAt.delete(oldest);
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

/** Sets it behind all others. */
function keepLast<T>(all: Map<string, T>, key: string, value: T): void {
  all.delete(key);
  all.set(key, value);
}

import { type ComparedSpan, comparedText, unreadText } from '../../core/evidence/compared.ts';
import type { ActSeen } from '../../core/evidence/written.ts';
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import type { CloudLog, LogMark, LogMarks } from '../../ports/write-log.ts';
import type { Deps } from '../deps.ts';
import type { Alarms } from '../operators/alarms.ts';

/** So much of a log is one entry of the audit. */
const CLAIM_MS = DAY_MS;
/** A log that has none of Drawbridge's own writes for so long tells nothing. */
export const BLIND_MS = HOUR_MS;
/** What is as new as the log can tell. */
const LIVE_MS = 5 * MINUTE_MS;

/** What one look at a log found, as far as it says whether the log can be believed. */
export interface LogLook {
  readonly now: Instant;
  /** What was compared now. */
  readonly due: ComparedSpan;
  /** What the audit says was written in that time, and the log does not have. */
  readonly missing: readonly ActSeen[];
  /** The newest write of Drawbridge's own that the log has; absent where it has none. */
  readonly newestOwn?: Instant;
}

/**
 * Says in the audit how far each log was compared, and since when nobody can tell. A log without Drawbridge's own writes, though the audit
 * has them, is one that nobody can tell by: what it had meanwhile is compared again once they are there.
 */
export class LogClaims {
  readonly #deps: Pick<Deps, 'audit' | 'log'>;
  readonly #marks: LogMarks;
  readonly #alarms: Pick<Alarms, 'raise' | 'over'>;

  constructor(deps: Pick<Deps, 'audit' | 'log'>, marks: LogMarks, alarms: Pick<Alarms, 'raise' | 'over'>) {
    this.#deps = deps;
    this.#marks = marks;
    this.#alarms = alarms;
  }

  /** After a look. */
  async looked(log: CloudLog, mark: LogMark, look: LogLook): Promise<void> {
    const { due } = look;
    let { claimed = due.from } = mark;
    const { unread: _, blindFrom: before, ...rest } = mark;
    const blindFrom = blindSince(log, before, look);
    const isSeeing = before !== undefined && blindFrom === undefined;
    const to = Math.min(due.to, blindFrom ?? before ?? due.to);
    // Of what the log does not keep any more, or the audit does not, nothing is said.
    if (due.from > mark.upTo) {
      await this.#claim(log, { from: claimed, to: Math.min(mark.upTo, before ?? mark.upTo) });
      claimed = due.from;
    }
    if (to - claimed >= CLAIM_MS) {
      await this.#claim(log, { from: claimed, to });
      claimed = to;
    }
    const isTold = blindFrom !== undefined && (await this.#blind(log, { mark, blindFrom, now: look.now }));
    if (isSeeing) await this.#seeing(log);
    await this.#marks.keep(log.name, {
      ...rest,
      upTo: isSeeing ? Math.max(before, look.now - log.keepsMs) : due.to,
      claimed,
      ...(blindFrom === undefined ? {} : { blindFrom }),
      ...(isTold ? { unread: true } : {}),
    });
  }

  /** It cannot be read. Once for each time that it cannot. */
  async unread(log: Pick<CloudLog, 'name'>, why: string): Promise<void> {
    const mark = await this.#marks.of(log.name);
    if (!mark || mark.unread) return;
    const { claimed = mark.upTo, upTo, blindFrom = upTo } = mark;
    const to = Math.min(upTo, blindFrom);
    await this.#claim(log, { from: claimed, to });
    await this.#record('log unread', `${log.name}-${to}`, unreadText(log.name, to, why));
    await this.#marks.keep(log.name, { ...mark, claimed: to, unread: true });
  }

  /** Which logs a cloud has cannot be read. */
  async unlisted(cloud: string, at: Instant, why: string): Promise<void> {
    await this.#record('log unread', `${cloud}-${at}`, `${cloud}: which logs of changes it has cannot be read: ${why}`);
  }

  /** True once it was told. */
  async #blind(
    log: CloudLog,
    { mark, blindFrom, now }: { readonly mark: LogMark; readonly blindFrom: Instant; readonly now: Instant },
  ): Promise<boolean> {
    if (now - blindFrom < BLIND_MS + log.lagMs) return false;
    const why = 'it has none of Drawbridge’s own writes, of which the audit has some.';
    if (!mark.unread)
      await this.#record('log unread', `${log.name}-blind-${blindFrom}`, unreadText(log.name, blindFrom, why));
    await this.#alarms.raise({
      key: blindKey(log),
      title: say`${log.name}: its log of changes lacks Drawbridge’s own`,
      lines: [
        say`Drawbridge opened or closed something there at ${new Date(blindFrom).toISOString()}, and the log has none of its writes since.`,
        say`Nobody can tell who else changes what is in front of machines there. See whether the log is the right one, and whether somebody filters it.`,
      ],
    });
    return true;
  }

  async #seeing(log: CloudLog): Promise<void> {
    const title = say`${log.name}: its log of changes has Drawbridge’s own writes again`;
    await this.#alarms.over({ key: blindKey(log), title, lines: [say`What it had meanwhile is compared again.`] });
  }

  async #claim({ name }: Pick<CloudLog, 'name'>, span: ComparedSpan): Promise<void> {
    if (span.to > span.from) await this.#record('log compared', `${name}-${span.to}`, comparedText(name, span));
  }

  async #record(event: 'log compared' | 'log unread', id: string, why: string): Promise<void> {
    const outcome = event === 'log compared' ? 'done' : 'failed';
    await this.#deps.audit.record({ act: `log-${id}`, event, outcome, by: 'drawbridge', as: 'patrol', why });
  }
}

/** Since when the log lacks Drawbridge's own writes; undefined where it does not. What is older than it can tell decides nothing. */
function blindSince(log: CloudLog, before: Instant | undefined, look: LogLook): Instant | undefined {
  const { now, due, missing, newestOwn = Number.NEGATIVE_INFINITY } = look;
  if (before !== undefined) return newestOwn > before ? undefined : before;
  if (due.to < now - log.lagMs - LIVE_MS) return undefined;
  const [first] = missing.map(({ at }) => at).toSorted((a, b) => a - b);
  return newestOwn === Number.NEGATIVE_INFINITY ? first : undefined;
}

function blindKey({ name }: CloudLog): string {
  return `cloud log blind ${name}`;
}

import type { JitError } from '../../core/errors/errors.ts';
import { type Instant, MINUTE_MS } from '../../core/language/instant.ts';
import { escalated } from '../../core/request/escalation.ts';
import { isInForce, type Request } from '../../core/request/request.ts';
import type { Deps } from '../deps.ts';
import { commitAll, hint } from '../machine/commit.ts';

/** A schedule that is away for less is nobody's news. */
const UNREAD_MS = 5 * MINUTE_MS;
const [UNKNOWN, KNOWN] = ['on call unknown', 'on call known'] as const;

/** Tells whoever waits for somebody on call when nobody can tell who that is, once, and when it can be told again. */
export class UnreadSchedules {
  readonly #deps: Deps;
  readonly #since = new Map<string, Instant>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** `why` nobody can tell; undefined where somebody can. Says whether something was told. */
  async look(request: Request, why: JitError | undefined, at: Instant): Promise<boolean> {
    const last = request.timeline.findLast(({ event }) => event === UNKNOWN || event === KNOWN)?.event;
    if (!why) {
      this.#since.delete(request.id);
      return last === UNKNOWN && this.#tell(request, at, { event: KNOWN });
    }
    const since = this.#since.get(request.id) ?? at;
    this.#since.set(request.id, since);
    if (last === UNKNOWN || at - since < UNREAD_MS) return false;
    return this.#tell(request, at, { event: UNKNOWN, text: why.text });
  }

  /** Of others nothing is remembered. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of this.#since.keys()) if (!ids.has(id)) this.#since.delete(id);
  }

  async #tell(
    from: Request,
    at: Instant,
    moment: { readonly event: string; readonly text?: string },
  ): Promise<boolean> {
    if (from.status !== 'pending' && !isInForce(from)) return false;
    const { escalatesAt, reminders } = from.status === 'pending' ? from : (from.extension ?? {});
    const same = {
      asked: from.asked,
      ...(escalatesAt === undefined ? {} : { escalatesAt }),
      ...(reminders ? { reminders } : {}),
    };
    const saved = await commitAll(this.#deps, [
      { next: escalated(from, same, at, moment), ...moment, from, by: 'drawbridge' },
    ]);
    await hint(this.#deps, saved, false);
    return saved.length > 0;
  }
}

import { JitError } from '../../core/errors/errors.ts';
import { type Instant, SECOND_MS } from '../../core/language/instant.ts';
import type { Health, PartHealth } from '../../ports/health.ts';
import type { Deps } from '../deps.ts';
import { NOBODY } from '../operators/examine-directory.ts';
import { ALARM_SHARE, shareOf } from '../request/room.ts';
import { rest } from '../rest.ts';

const LIMIT_MS = 15 * SECOND_MS;
const STORE_LIMIT_MS = 5 * SECOND_MS;

/** What is looked at, and what is said when nothing is wrong with it: nothing. */
type Look = () => Promise<string | undefined>;

/** Keeps how each part is and since when. Looks only when told to; one part that hangs or fails spoils no other. */
export class HealthWatch implements Health {
  readonly #deps: Deps;
  readonly #now: () => Instant;
  readonly #beside: ReadonlyMap<string, () => string | undefined>;
  readonly #parts = new Map<string, PartHealth>();

  /** @param beside what else traffic needs here, by its name: what is wrong with it. */
  constructor(deps: Deps, now: () => Instant, beside: Readonly<Record<string, () => string | undefined>> = {}) {
    this.#deps = deps;
    this.#now = now;
    this.#beside = new Map(Object.entries(beside));
  }

  parts(): readonly PartHealth[] {
    return [...this.#parts.values()];
  }

  missing(): readonly string[] {
    const bad = (name: string) => this.#parts.get(name)?.trouble !== undefined;
    const allBad = (names: readonly string[]) => (names.length > 0 && names.every(bad) ? names : []);
    const { chats, clouds } = this.#deps;
    const own = ['redis', ...this.#beside.keys()].filter(bad);
    return [...own, ...allBad([...chats.keys()]), ...allBad([...clouds.keys()])];
  }

  /** The store: whether it answers, and how full it is; and what is beside it. */
  async lookAtStore(): Promise<void> {
    for (const [name, look] of this.#beside) await this.#look(name, STORE_LIMIT_MS, async () => look());
    await this.#look('redis', STORE_LIMIT_MS, async () => {
      // Reading alone works where nothing can be written any more.
      await this.#deps.store.write();
      return undefined;
    });
    await this.#look('redis clock', STORE_LIMIT_MS, async () => {
      const { trusted } = await this.#deps.store.now();
      return trusted ? undefined : 'jumped: this process opens nothing until it is started again';
    });
    await this.#look('redis memory', STORE_LIMIT_MS, async () => {
      const share = shareOf(await this.#deps.audit.size());
      return share !== undefined && share >= ALARM_SHARE ? `${Math.floor(100 * share)} % is used` : undefined;
    });
  }

  /** All others. */
  async look(signal: AbortSignal): Promise<void> {
    const within = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
    const { chats, clouds, directory } = this.#deps;
    const check = (part: { check(signal: AbortSignal): Promise<void> }) => async () => {
      await part.check(within);
      return undefined;
    };
    await Promise.all([
      ...[...chats].map(([name, chat]) => this.#look(name, LIMIT_MS, check(chat))),
      ...[...clouds].flatMap(([name, cloud]) => [
        this.#look(name, LIMIT_MS, check(cloud)),
        this.#look(`${name} places`, LIMIT_MS, async () => {
          const { unread } = await cloud.machines(within);
          return unread.length > 0 ? `could not be read: ${unread.join(', ')}` : undefined;
        }),
      ]),
      this.#look('directory', LIMIT_MS, async () => {
        await directory.byId(NOBODY);
        return undefined;
      }),
    ]);
  }

  async #look(name: string, limitMs: number, look: Look): Promise<void> {
    const { log } = this.#deps;
    const { promise: late, resolve } = Promise.withResolvers<string>();
    const timer = setTimeout(() => resolve('does not answer in time'), limitMs);
    const trouble = await Promise.race([late, look().catch(sayOf)]);
    clearTimeout(timer);
    const before = this.#parts.get(name);
    const isAs = before !== undefined && (before.trouble === undefined) === (trouble === undefined);
    const since = isAs ? before.since : this.#now();
    this.#parts.set(name, { name, since, ...(trouble === undefined ? {} : { trouble }) });
    if (isAs || (!before && trouble === undefined)) return;
    if (trouble === undefined) log.info({ part: name }, 'a part works again');
    else log.error({ part: name, trouble }, 'a part does not work');
  }
}

/** Texts of libraries may hold what nobody may see. */
function sayOf(error: unknown): string {
  return error instanceof JitError ? error.say : 'does not work; the log says why';
}

/** Looks again and again until stopped, in every process: each is asked how it is by itself. */
export function startHealth(
  watch: HealthWatch,
  every: { readonly storeMs: number; readonly othersMs: number },
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const turn = async (ms: number, look: () => Promise<void>) => {
    while (!stopping.signal.aborted) {
      await look();
      await rest(ms, stopping.signal);
    }
  };
  const running = [
    turn(every.storeMs, () => watch.lookAtStore()),
    turn(every.othersMs, () => watch.look(stopping.signal)),
  ];
  return {
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

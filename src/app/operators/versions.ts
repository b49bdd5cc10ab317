import { setTimeout as pause } from 'node:timers/promises';
import { MINUTE_MS, SECOND_MS } from '../../core/language/instant.ts';
import { commas, say } from '../../core/language/say.ts';
import type { Saying } from '../../core/language/text.ts';
import type { LiveProcess, ProcessRecords } from '../../ports/processes.ts';
import { rest } from '../rest.ts';
import { type AlarmDeps, Alarms } from './alarms.ts';

const BEAT_MS = 10 * SECOND_MS;
/** Whether it has another configuration by now is looked at more often. */
const LOOK_MS = SECOND_MS;
const LIMIT_MS = 3 * SECOND_MS;
/** A rolling deploy takes a while, and so does a file that gets to all computers. */
const DEPLOY_MS = 10 * MINUTE_MS;
/** So many are named. */
const MOST_SHOWN = 10;
const ALARM = 'versions';

export interface Versions {
  readonly deps: AlarmDeps;
  readonly processes: ProcessRecords;
  /** This process as it is now: its configuration changes. */
  readonly own: () => LiveProcess;
}

/** Keeps this process among those that live, and tells where these differ in configuration or program: the log at once, operators when it lasts. */
export class VersionWatch {
  readonly #options: Versions;
  readonly #alarms: Alarms;
  #live: readonly LiveProcess[] = [];
  /** How they differed, by the words for it; empty while they are the same. */
  #told = '';
  #sinceMs: number | undefined;

  constructor(options: Versions) {
    this.#options = options;
    this.#alarms = new Alarms(options.deps);
  }

  /** As they were seen last; empty before, and where Redis was away all along. */
  live(): readonly LiveProcess[] {
    return this.#live;
  }

  /** Throws what the store throws: nobody knows then, and what was told stays. */
  async beat(): Promise<void> {
    const { deps, processes, own } = this.#options;
    this.#live = await processes.beat(own());
    const kinds = Map.groupBy(
      this.#live,
      ({ config, program }) => `Drawbridge ${program} with configuration ${config}`,
    );
    const isSame = kinds.size < 2;
    const lines = [...kinds].map(([kind, those]) => `${kind}: ${namesOf(those)}`);
    const told = [...kinds.values()].flatMap((those) => kindOf(those));
    const words = isSame ? '' : [...kinds.keys()].sort().join('; ');
    if (words !== this.#told && !isSame)
      deps.log.warn({ processes: lines }, 'processes on this Redis run different versions');
    if (words !== this.#told && isSame)
      deps.log.info({ processes: lines }, 'all processes on this Redis run the same versions');
    this.#told = words;
    if (isSame) {
      this.#sinceMs = undefined;
      return this.#alarms.over({ key: ALARM, title: say`All processes run the same versions again`, lines: told });
    }
    this.#sinceMs ??= deps.monotonic();
    if (deps.monotonic() - this.#sinceMs < DEPLOY_MS) return;
    const what = say`They have differed for ${DEPLOY_MS / MINUTE_MS} minutes. Give all of them the same drawbridge.yaml and the same program; those that need a restart say so.`;
    await this.#alarms.raise({
      key: ALARM,
      title: say`Processes on one Redis run different versions`,
      lines: [...told, what],
    });
  }
}

/** Beats until stopped, and at once when its configuration has changed; then leaves: what was stopped is not waited for. */
export function startBeating(watch: VersionWatch, { deps, processes, own }: Versions): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  let isFailing = false;
  const beat = async () => {
    try {
      await withinLimit(watch.beat());
      isFailing = false;
    } catch (error) {
      if (!isFailing) deps.log.warn({ error }, 'this process could not say in Redis that it lives');
      isFailing = true;
    }
  };
  const running = (async () => {
    while (!signal.aborted) {
      const { config } = own();
      await beat();
      for (let ms = 0; ms < BEAT_MS && !signal.aborted && own().config === config; ms += LOOK_MS)
        await rest(LOOK_MS, signal);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
      await withinLimit(processes.leave(own().id)).catch(() => {});
    },
  };
}

/** What these run, and which they are. */
function kindOf(those: readonly LiveProcess[]): readonly Saying[] {
  const [one] = those;
  if (!one) return [];
  const names = those.slice(0, MOST_SHOWN).map(({ host, roles }) => `${host} (${roles})`);
  const more = those.length - names.length;
  const kind = say`Drawbridge ${one.program} with configuration ${one.config}`;
  return [more > 0 ? say`${kind}: ${commas(names)}, and ${more} more` : say`${kind}: ${commas(names)}`];
}

function namesOf(those: readonly LiveProcess[]): string {
  const names = those.slice(0, MOST_SHOWN).map(({ host, roles }) => `${host} (${roles})`);
  const more = those.length - names.length;
  return `${names.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}

/** Redis may hang, and stopping may not. */
function withinLimit(work: Promise<void>): Promise<void> {
  const late = pause(LIMIT_MS, undefined, { ref: false }).then(() => {
    throw new Error(`no answer within ${LIMIT_MS} ms`);
  });
  return Promise.race([work, late]);
}

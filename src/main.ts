import { setTimeout as wait } from 'node:timers/promises';
import { type Adopt, adopting } from './adopt.ts';
import { note } from './app/audit/act.ts';
import { Alarms } from './app/operators/alarms.ts';
import { compose } from './compose.ts';
import type { Config } from './config/schema.ts';
import { configVersion } from './config/version.ts';
import type { CommandLine } from './core/audit/entry.ts';
import { say } from './core/language/say.ts';
import { begin, type Roles } from './parts.ts';
import type { HandMaker } from './ports/drill.ts';
import type { Log } from './ports/log.ts';
import { tellRestart } from './restart.ts';
import { watchRotation } from './rotation.ts';
import { watching } from './watching.ts';

/** How often it is looked whether other rules were approved. */
const RULES_MS = 5_000;

/** The longest that stopping may take when starting failed. */
const FAILED_MS = 10_000;

export interface Running {
  /** Where the chats' deliveries go; where it takes none, where operators are served, or nothing. */
  readonly url: string;
  readonly adopt: Adopt;
  /** Tells the operators that it is about to go. Best effort: what does not work is a line in the log. */
  lastWords(): Promise<void>;
  stop(): Promise<void>;
}

const LAST_WORDS = say`An error came that nobody expected; the log has it. This process stops, and has to be started again by what supervises it. What it was to close is closed by the others, or after the start.`;

/** How it was started. */
interface Starting {
  /** For the audit. */
  readonly by?: CommandLine;
  readonly roles?: Roles;
  /** The file that it was started with. */
  readonly text?: string;
  /** Makes the process of a drill; without it, none is run. */
  readonly hand?: HandMaker;
}

const BOTH: Roles = { web: true, work: true };

/**
 * Serves and works until stopped: config → compose → serve and work → drain → shut down, in the reverse order. `by` goes to the audit.
 * What was started is stopped again when something is wrong.
 */
export async function run(config: Config, log: Log, { by, roles = BOTH, hand, text }: Starting = {}): Promise<Running> {
  const drains: (() => unknown)[] = [];
  const ends: (() => Promise<unknown>)[] = [];
  // First nothing new is taken on, and what is under way ends; then what it stands on goes.
  const stop = async () => {
    await Promise.all(drains.splice(0).map((drain) => drain()));
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const watched = await watching(config, log);
    ends.push(async () => watched.traces?.close());
    const composed = await compose(config, log, true, watched);
    const alarms = new Alarms(composed.deps);
    ends.push(composed.close);
    const rules = composed.keeper.start(text, RULES_MS, () => tellRestart(alarms, composed.house));
    const rotation = watchRotation(composed.house, { alarms, log });
    drains.push(
      () => rules.stop(),
      () => rotation.stop(),
    );
    const { url, goOn } = await begin({ config, log, composed, hand, watching: watched, drains, ends }, roles);
    const version = configVersion(config);
    const why = `with configuration ${version}`;
    if (by) await note(composed.deps, { event: 'start', outcome: 'done', by, as: 'commandLine', why });
    log.info({ ...(url ? { url } : {}), config: version, ...roles }, 'Drawbridge is ready');
    goOn();
    return {
      url,
      adopt: adopting(composed, alarms),
      lastWords: () => alarms.lastWords(say`Drawbridge stops after an error`, [LAST_WORDS]),
      async stop() {
        const began = performance.now();
        log.info({}, 'Drawbridge is stopping: it takes on nothing more, and ends what is under way');
        await stop();
        log.info({ ms: Math.round(performance.now() - began) }, 'Drawbridge has stopped');
      },
    };
  } catch (error) {
    await Promise.race([stop(), wait(FAILED_MS, undefined, { ref: false })]);
    throw error;
  }
}

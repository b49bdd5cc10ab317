import { setTimeout as wait } from 'node:timers/promises';
import { note } from './app/audit/act.ts';
import { inbox } from './app/inbox/inbox.ts';
import { startGoingOn } from './app/loops/accepted.ts';
import { HealthWatch, startHealth } from './app/loops/health.ts';
import { startLoops } from './app/loops/loops.ts';
import { converge } from './app/machine/converge.ts';
import { Alarms } from './app/operators/alarms.ts';
import { notify } from './app/request/notify.ts';
import { compose } from './compose.ts';
import type { Config } from './config/schema.ts';
import { secretOf } from './config/secrets.ts';
import type { CommandLine } from './core/audit/entry.ts';
import { startServer } from './http/server.ts';
import { statusRoute } from './http/status.ts';
import { limitedLog } from './kit/limited-log.ts';
import type { Log } from './ports/log.ts';
import { startDueTimer } from './queue/due.ts';
import { startWorkers } from './queue/worker.ts';

const SWEEP_MS = 30_000;
const PATROL_MS = 180_000;
const PROBE_MS = 300_000;
/** The longest that stopping may take when starting failed. */
const FAILED_MS = 10_000;
/** How often it is looked whether Redis works. */
const STORE_MS = 5_000;
/** How often it is looked whether it is time for the digest. */
const DIGEST_MS = 60_000;
/** Listening waits by itself; this is between two times. */
const DRIFT_MS = 1_000;

export interface Running {
  /** Where the chats' deliveries go. */
  readonly url: string;
  /** Tells the operators that it is about to go. Best effort: what does not work is a line in the log. */
  lastWords(why: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Serves and works until stopped: config → compose → serve and work → shut down, in the reverse order. `by` goes to the audit.
 * What was started is stopped again when something is wrong.
 */
export async function run(config: Config, log: Log, by?: CommandLine): Promise<Running> {
  const ends: (() => Promise<unknown>)[] = [];
  // First nothing new comes in, then what is under way ends, then what it stands on goes.
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const { url, alarms } = await begin(config, log, ends, by);
    log.info({ url }, 'Drawbridge is ready');
    return {
      url,
      lastWords: (why) => alarms.lastWords('Drawbridge stops after an error', [why]),
      async stop() {
        await stop();
        log.info({}, 'Drawbridge has stopped');
      },
    };
  } catch (error) {
    await Promise.race([stop(), wait(FAILED_MS, undefined, { ref: false })]);
    throw error;
  }
}

async function begin(
  config: Config,
  log: Log,
  ends: (() => Promise<unknown>)[],
  by?: CommandLine,
): Promise<{ readonly url: string; readonly alarms: Alarms }> {
  const { deps, address, lifeboat, lateness, isAway, close } = await compose(config, log, true);
  ends.push(close);
  const { store, queue } = deps;
  const chats = [...deps.chats.values()];
  const workers = startWorkers({
    url: address,
    prefix: config.redis.prefix,
    log,
    converge: (machine, signal) => converge(deps, machine, signal),
    notify: (id, signal) => notify(deps, id, signal),
  });
  ends.push(() => workers.close());
  ends.push(() => lifeboat.stop());
  await lifeboat.start({ isAway });
  const due = startDueTimer({ store, queue, log });
  const every = { sweepMs: SWEEP_MS, patrolMs: PATROL_MS, probeMs: PROBE_MS, digestMs: DIGEST_MS, driftMs: DRIFT_MS };
  const loops = startLoops(deps, every, lateness);
  ends.push(() => Promise.all([due.stop(), loops.stop()]));
  const watch = new HealthWatch(deps, Date.now);
  const health = startHealth(watch, { storeMs: STORE_MS, othersMs: PROBE_MS });
  ends.push(() => health.stop());
  const { admin: _, ...http } = config.http;
  const ready = async () => {
    lifeboat.mayOpen();
    await store.now();
    return watch.missing();
  };
  const server = await startServer({
    ...http,
    routes: chats.flatMap((chat) => chat.routes ?? []),
    ready,
    log: limitedLog(log),
  });
  ends.push(() => server.close());
  const told = { health: watch, closings: () => lateness.closings(), lifeboat: () => lifeboat.state() };
  const operators = await serveOperators(config, { ...told, ready, log });
  ends.push(async () => operators?.close());
  const box = inbox(deps);
  ends.push(() => Promise.all(chats.map((chat) => chat.stop())));
  for (const chat of chats) await chat.start(box);
  const goingOn = startGoingOn(deps);
  ends.push(() => goingOn.stop());
  if (by) await note(deps, { event: 'start', outcome: 'done', by, as: 'commandLine' });
  return { url: server.url, alarms: new Alarms(deps) };
}

type Served = Omit<Parameters<typeof statusRoute>[1], 'about'> & {
  readonly ready: () => Promise<readonly string[]>;
  readonly log: Log;
};

async function serveOperators({ http: { admin }, installation }: Config, { ready, log, ...told }: Served) {
  if (!admin) return undefined;
  const about = { installation, started: new Date().toISOString() };
  const { token, ...where } = admin;
  const routes = [statusRoute(secretOf(token), { ...told, about })];
  const server = await startServer({ ...where, routes, ready, log: limitedLog(log) });
  log.info({ url: server.url }, 'operators are served');
  return server;
}

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { note } from './app/audit/act.ts';
import type { Deps } from './app/deps.ts';
import { inbox } from './app/inbox/inbox.ts';
import { startGoingOn } from './app/loops/accepted.ts';
import { HealthWatch, startHealth } from './app/loops/health.ts';
import { startLoops } from './app/loops/loops.ts';
import { converge } from './app/machine/converge.ts';
import { Alarms } from './app/operators/alarms.ts';
import { startDrills } from './app/operators/drill.ts';
import { startBeating, VersionWatch } from './app/operators/versions.ts';
import { notify } from './app/request/notify.ts';
import { type Composed, compose } from './compose.ts';
import { restartsFor } from './config/live.ts';
import type { Read } from './config/load.ts';
import type { Config } from './config/schema.ts';
import { secretOf } from './config/secrets.ts';
import { configVersion, programVersion } from './config/version.ts';
import type { CommandLine } from './core/audit/entry.ts';
import { JitError } from './core/errors/errors.ts';
import { startServer } from './http/server.ts';
import { statusRoute } from './http/status.ts';
import { limitedLog } from './kit/limited-log.ts';
import type { HandMaker } from './ports/drill.ts';
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
/** How often it is looked how a drill goes, while there is one. */
const DRILL_MS = 250;
/** Listening waits by itself; this is between two times. */
const DRIFT_MS = 1_000;

export interface Running {
  /** Where the chats' deliveries go; where it takes none, where operators are served, or nothing. */
  readonly url: string;
  /** Takes up a configuration that was read again; tells the operators' places where it cannot be. */
  adopt(read: Read): Promise<void>;
  /** Tells the operators that it is about to go. Best effort: what does not work is a line in the log. */
  lastWords(why: string): Promise<void>;
  stop(): Promise<void>;
}

/** What a process does: it serves the chats, does the work, or both. Any number of each may run on one store. */
export interface Roles {
  readonly web: boolean;
  readonly work: boolean;
}

interface Begun {
  readonly config: Config;
  readonly log: Log;
  readonly composed: Composed;
  readonly hand: HandMaker | undefined;
  /** What takes on work is added: all of it takes on no more, and ends what is under way, at the same time. */
  readonly drains: (() => unknown)[];
  /** What else was started is added, to be stopped in the reverse order. */
  readonly ends: (() => Promise<unknown>)[];
}

/** How it was started. */
interface Starting {
  /** For the audit. */
  readonly by?: CommandLine;
  readonly roles?: Roles;
  /** Makes the process of a drill; without it, none is run. */
  readonly hand?: HandMaker;
}

const RESTART = 'restart';
const BOTH: Roles = { web: true, work: true };

/**
 * Serves and works until stopped: config → compose → serve and work → drain → shut down, in the reverse order. `by` goes to the audit.
 * What was started is stopped again when something is wrong.
 */
export async function run(config: Config, log: Log, { by, roles = BOTH, hand }: Starting = {}): Promise<Running> {
  const drains: (() => unknown)[] = [];
  const ends: (() => Promise<unknown>)[] = [];
  // First nothing new is taken on, and what is under way ends; then what it stands on goes.
  const stop = async () => {
    await Promise.all(drains.splice(0).map((drain) => drain()));
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const composed = await compose(config, log, true);
    const alarms = new Alarms(composed.deps);
    ends.push(composed.close);
    const url = await begin({ config, log, composed, hand, drains, ends }, roles);
    const version = configVersion(config);
    const why = `with configuration ${version}`;
    if (by) await note(composed.deps, { event: 'start', outcome: 'done', by, as: 'commandLine', why });
    log.info({ ...(url ? { url } : {}), config: version, ...roles }, 'Drawbridge is ready');
    return {
      url,
      adopt: adopting(composed, alarms),
      lastWords: (why) => alarms.lastWords('Drawbridge stops after an error', [why]),
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

const MOST_FAULTS = 10;

/** A bad file never takes the place of a good one. What was decided stays decided; what is judged again is judged by the new one. */
function adopting({ house, deps }: Composed, alarms: Alarms): Running['adopt'] {
  const key = 'configuration';
  return async (read) => {
    const faults = 'faults' in read ? read.faults : await house.adopt(read.config).then(() => [], faultsIn);
    const running = configVersion(house.config);
    if (faults.length > 0) {
      deps.log.error({ faults, config: running }, 'drawbridge.yaml has errors, and is not taken up');
      const shown = faults.length > MOST_FAULTS ? [...faults.slice(0, MOST_FAULTS), '…'] : faults;
      const title = 'drawbridge.yaml has errors, and is not taken up';
      return alarms.raise({ key, title, lines: [...shown, `Version ${running} goes on.`], level: Date.now() });
    }
    const waiting = 'config' in read ? restartsFor(house.config, read.config) : [];
    deps.log.info({ config: running, ...(waiting.length > 0 ? { waiting } : {}) }, 'drawbridge.yaml was read again');
    await note(deps, {
      event: 'configure',
      outcome: 'done',
      by: 'configuration',
      as: 'program',
      why: `version ${running}`,
    });
    await alarms.over({ key, title: 'drawbridge.yaml is right again', lines: [`Version ${running} is in use.`] });
    if (waiting.length === 0) return alarms.over({ key: RESTART, title: 'No restart is needed any more', lines: [] });
    const lines = [`Changed, and taken up at the next start: ${waiting.join(', ')}.`];
    return alarms.raise({ key: RESTART, title: 'drawbridge.yaml was changed where a restart is needed', lines });
  };
}

/** What could not be had here: a secret, a file. What is none of ours goes on. */
function faultsIn(error: unknown): readonly string[] {
  if (error instanceof JitError) return [error.text];
  throw error;
}

/** Gives where deliveries go; where none are taken, where operators are served, or nothing. */
async function begin(begun: Begun, roles: Roles): Promise<string> {
  const { composed, drains } = begun;
  const { deps, lifeboat, isAway } = composed;
  if (roles.work) startWork(begun);
  drains.push(() => lifeboat.stop());
  await lifeboat.start({ isAway });
  if (roles.work) startTimers(begun);
  const watch = new HealthWatch(deps, Date.now);
  const health = startHealth(watch, { storeMs: STORE_MS, othersMs: PROBE_MS });
  drains.push(() => health.stop());
  let isStopping = false;
  drains.push(() => {
    isStopping = true;
  });
  const ready = async () => {
    if (isStopping) return ['it is stopping'];
    lifeboat.mayOpen();
    await deps.store.now();
    return watch.missing();
  };
  const versions = startVersions(begun, roles);
  const operators = await startOperators(begun, { watch, ready, roles, versions });
  return roles.web ? startWeb(begun, ready) : operators;
}

/** Until the end it is among those that live. */
function startVersions({ composed: { deps, house, processes }, ends }: Begun, roles: Roles): VersionWatch {
  const about = {
    id: randomUUID(),
    host: hostname(),
    roles: rolesText(roles),
    program: programVersion(),
    since: Date.now(),
  };
  const own = () => ({ ...about, config: configVersion(house.config) });
  const versions = new VersionWatch({ deps, processes, own });
  const beating = startBeating(versions, { deps, processes, own });
  ends.push(() => beating.stop());
  return versions;
}

function rolesText(roles: Roles): string {
  return Object.entries(roles)
    .flatMap(([name, has]) => (has ? [name] : []))
    .join(', ');
}

/** Does what is queued. */
function startWork({ config, log, composed: { deps, address }, drains }: Begun): void {
  const workers = startWorkers({
    url: address,
    prefix: config.redis.prefix,
    log,
    converge: (machine, signal) => converge({ ...deps, via: 'queue' }, machine, signal),
    notify: (id, signal) => notify(deps, id, signal),
  });
  drains.push(() => workers.close());
}

/** Finds what is due, and runs the loops. */
function startTimers({ log, composed: { deps, lateness }, drains }: Begun): void {
  const { store, queue } = deps;
  const due = startDueTimer({ store, queue, log });
  const every = { sweepMs: SWEEP_MS, patrolMs: PATROL_MS, probeMs: PROBE_MS, digestMs: DIGEST_MS, driftMs: DRIFT_MS };
  const loops = startLoops(deps, every, lateness);
  drains.push(
    () => due.stop(),
    () => loops.stop(),
  );
}

/** The same and more. A spread would keep the rules and the directory of the start. */
function withMore(deps: Deps, more: Partial<Deps>): Deps {
  const all = { ...Object.getOwnPropertyDescriptors(deps), ...Object.getOwnPropertyDescriptors(more) };
  return Object.defineProperties({}, all) as Deps;
}

interface Watched {
  readonly watch: HealthWatch;
  readonly ready: () => Promise<readonly string[]>;
  readonly roles: Roles;
  readonly versions: VersionWatch;
}

/** Gives where operators are served, or nothing. */
async function startOperators(
  { config, log, composed, ends }: Begun,
  { watch, ready, roles, versions }: Watched,
): Promise<string> {
  if (!config.http.admin) return '';
  const { token, ...where } = config.http.admin;
  const about = {
    installation: config.installation,
    get config() {
      return configVersion(composed.house.config);
    },
    program: programVersion(),
    roles: rolesText(roles),
    started: new Date().toISOString(),
  };
  const { lateness, lifeboat, deps } = composed;
  const lastDrill = async () => deps.drills?.last();
  const told = {
    health: watch,
    closings: () => lateness.closings(),
    lifeboat: () => lifeboat.state(),
    drill: lastDrill,
    processes: () => versions.live(),
  };
  const routes = [statusRoute(secretOf(token), { ...told, about })];
  const operators = await startServer({ ...where, routes, ready, log: limitedLog(log) });
  // Operators are served until the end.
  ends.push(() => operators.close());
  log.info({ url: operators.url }, 'operators are served');
  return operators.url;
}

/** Serves the chats, and goes on with what dead processes had accepted. Gives where deliveries go. */
async function startWeb(
  { config, log, composed: { deps }, hand, drains, ends }: Begun,
  ready: Watched['ready'],
): Promise<string> {
  const chats = [...deps.chats.values()];
  const { admin: _, ...http } = config.http;
  const routes = chats.flatMap((chat) => chat.routes ?? []);
  const server = await startServer({ ...http, routes, ready, log: limitedLog(log) });
  ends.push(() => server.close());
  const driller = hand && startDrills(deps, hand, DRILL_MS);
  if (driller) ends.push(() => driller.stop());
  const box = inbox(driller ? withMore(deps, { driller }) : deps);
  drains.push(
    () => server.drain(),
    () => Promise.all(chats.map((chat) => chat.stop())),
  );
  for (const chat of chats) await chat.start(box);
  const goingOn = startGoingOn(deps);
  drains.push(() => goingOn.stop());
  return server.url;
}

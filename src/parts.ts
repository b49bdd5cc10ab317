import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Deps } from './app/deps.ts';
import { lags } from './app/evidence/behind.ts';
import { inbox } from './app/inbox/inbox.ts';
import { tracedDeliveries } from './app/inbox/traced.ts';
import { startGoingOn } from './app/loops/accepted.ts';
import { startClockWatch } from './app/loops/clock.ts';
import { HealthWatch, startHealth } from './app/loops/health.ts';
import { startHomes } from './app/loops/homes.ts';
import { startLoops } from './app/loops/loops.ts';
import { startRefusals } from './app/loops/refusals.ts';
import { startSnapshot } from './app/loops/snapshot.ts';
import { startStranded } from './app/loops/stranded.ts';
import { converge } from './app/machine/converge.ts';
import { watchDoctor } from './app/operators/doctor-watch.ts';
import { startDrills } from './app/operators/drill.ts';
import { startBeating, VersionWatch } from './app/operators/versions.ts';
import { endWithTicket } from './app/request/end-with-ticket.ts';
import { notify } from './app/request/notify.ts';
import { callsOf } from './calls.ts';
import type { Composed } from './compose.ts';
import { versionsOf } from './config/rules-version.ts';
import type { Config } from './config/schema.ts';
import { liveSecretOf, secretOf } from './config/secrets.ts';
import { configVersion, programVersion } from './config/version.ts';
import type { Ticket } from './core/policy/bounds.ts';
import { metricsRoute } from './http/metrics.ts';
import { startServer } from './http/server.ts';
import { statusRoute } from './http/status.ts';
import { ticketRoute } from './http/tickets.ts';
import { limitedLog } from './kit/limited-log.ts';
import { pagesOf } from './pages.ts';
import type { HandMaker } from './ports/drill.ts';
import type { Route } from './ports/http.ts';
import type { Log } from './ports/log.ts';
import { startDueTimer } from './queue/due.ts';
import { startPulse } from './queue/pulse.ts';
import { startWorkers, type Workers } from './queue/worker.ts';
import { waitingConfiguration } from './restart.ts';
import { apiRoom } from './rooms.ts';
import type { Watching } from './watching.ts';

const SWEEP_MS = 30_000;
const PATROL_MS = 180_000;
const PROBE_MS = 300_000;
/** How often it is looked whether Redis works. */
const STORE_MS = 5_000;
/** How often it is looked whether it is time for the digest. */
const DIGEST_MS = 60_000;
/** That a message of a ticket system came before: longer than it counts. */
const TICKET_MS = 900_000;
/** How often it is kept on disk who may break glass without a chat. */
const SNAPSHOT_MS = 60_000;
/** How often it is looked how a drill goes, while there is one. */
const DRILL_MS = 250;
/** How often refusals are summed up. */
const REFUSALS_MS = 5_000;
/** The longest that what runs on its own, closing first of all, waits until the chats are served. */
const SERVED_MS = 3_000;
/** Listening waits by itself; this is between two times. */
const DRIFT_MS = 1_000;

interface Begun {
  readonly config: Config;
  readonly log: Log;
  readonly composed: Composed;
  readonly hand: HandMaker | undefined;
  readonly watching: Watching;
  /** What takes on work is added: all of it takes on no more, and ends what is under way, at the same time. */
  readonly drains: (() => unknown)[];
  /** What else was started is added, to be stopped in the reverse order. */
  readonly ends: (() => Promise<unknown>)[];
}

interface Serving {
  /** Where deliveries go; where none are taken, where operators are served, or nothing. */
  readonly url: string;
  /** Begins what runs on its own, and looks at how everything is. NB. its first calls load the SDKs of the clouds, which takes a while. */
  goOn(): void;
}

/** Serves, and works on what is queued. */
export async function begin(begun: Begun, roles: Roles): Promise<Serving> {
  const { composed, drains, ends } = begun;
  const { deps, lifeboat, away } = composed;
  const workers = roles.work ? startWork(begun) : undefined;
  drains.push(() => lifeboat.stop());
  const refusals = startRefusals(deps, REFUSALS_MS);
  // What is refused until the end is counted.
  ends.push(() => refusals.stop());
  await lifeboat.start(away === undefined ? {} : { away });
  if (roles.work) startBeat(begun);
  const watch = new HealthWatch(deps, Date.now, { 'undo folder': () => lifeboat.lost()?.say });
  let isStopping = false;
  drains.push(() => {
    isStopping = true;
  });
  const ready = async () => {
    if (isStopping) return ['it is stopping'];
    if (lifeboat.isOn) return [lifeboat.lost() ? 'undo folder' : 'redis'];
    await deps.store.now();
    return watch.missing();
  };
  const versions = startVersions(begun, roles);
  const operators = await startOperators(begun, { watch, ready, roles, versions, workers });
  let goesOn = false;
  const goOn = () => {
    if (goesOn) return;
    goesOn = true;
    if (workers) startTimers(begun, workers);
    const health = startHealth(watch, { storeMs: STORE_MS, othersMs: PROBE_MS });
    const clock = startClockWatch(deps);
    drains.push(() => Promise.all([health.stop(), clock.stop()]));
  };
  const late = setTimeout(goOn, SERVED_MS);
  drains.push(() => clearTimeout(late));
  const url = roles.web ? await startWeb(begun, ready) : operators;
  return { url, goOn };
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
  const own = () => ({ ...about, ...versionsOf(house.config) });
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
function startWork({ config, log, composed: { deps, address }, drains }: Begun): Workers {
  const workers = startWorkers({
    url: address,
    prefix: config.redis.prefix,
    // A queue that Redis refuses tries again at once, and says so each time.
    log: limitedLog(log),
    converge: (machine, signal) => converge({ ...deps, via: 'queue' }, machine, signal),
    notify: (id, signal) => notify(deps, id, signal),
    traces: deps.traces,
  });
  drains.push(() => workers.close());
  return workers;
}

/** Says that it lives, so that nobody else takes what it has in hand. */
function startBeat({ log, composed: { deps, pulse }, ends }: Begun): void {
  const { store, queue } = deps;
  const beating = startPulse({ pulse, store, queue, log });
  // Until what it has in hand is done.
  ends.push(() => beating.stop());
}

/** Finds what is due, and runs the loops. */
function startTimers({ log, composed: { deps, lateness }, drains }: Begun, workers: Workers): void {
  const { store, queue } = deps;
  const due = startDueTimer({ store, queue, log, direct: workers.look });
  const stranded = startStranded(deps, workers.look);
  const every = { sweepMs: SWEEP_MS, patrolMs: PATROL_MS, probeMs: PROBE_MS, digestMs: DIGEST_MS, driftMs: DRIFT_MS };
  const loops = startLoops(deps, every, lateness);
  const snapshot = startSnapshot(deps, SNAPSHOT_MS);
  drains.push(
    () => snapshot.stop(),
    () => due.stop(),
    () => stranded.stop(),
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
  readonly workers: Workers | undefined;
}

/** Gives where operators are served, or nothing. */
async function startOperators(begun: Begun, watched: Watched): Promise<string> {
  const { config, log, composed, ends } = begun;
  const { watch, ready, roles, versions } = watched;
  if (!config.http.admin) return '';
  const { token, metrics: _, ...where } = config.http.admin;
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
    configuration: () => waitingConfiguration(composed.house, deps.ruleRecords),
    processes: () => versions.live(),
  };
  const routes = [statusRoute(secretOf(token), { ...told, about }), ...metricsOf(begun, watched)];
  const operators = await startServer({ ...where, routes, ready, log: limitedLog(log) });
  // Operators are served until the end.
  ends.push(() => operators.close());
  log.info({ url: operators.url }, 'operators are served');
  return operators.url;
}

/** What Prometheus reads, where that is switched on. */
function metricsOf(
  { config, composed: { deps, figures, lifeboat }, watching: { metrics }, drains }: Begun,
  { watch, workers }: Watched,
): readonly Route[] {
  if (!metrics) return [];
  const { evidence, queue, journal } = deps;
  const doctor = watchDoctor(deps);
  drains.push(() => doctor.stop());
  const readings = {
    store: () => figures.read(),
    queues: async () => [...((await queue.figures?.()) ?? []), ...(workers ? [workers.figures()] : [])],
    sinks: async () => (evidence ? lags(deps, evidence) : []),
    parts: () => watch.parts(),
    lifeboat: () => lifeboat.state(),
    inHand: () => journal?.inHand?.() ?? 0,
    findings: () => doctor.found(),
  };
  return [metricsRoute(secretOf(config.http.admin?.token ?? ''), () => metrics.text(readings))];
}

/** Serves the chats, and goes on with what dead processes had accepted. Gives where deliveries go. */
async function startWeb(
  { config, log, composed: { deps }, hand, drains, ends }: Begun,
  ready: Watched['ready'],
): Promise<string> {
  const chats = [...deps.chats.values()];
  const { admin: _, ...http } = config.http;
  const pages = [...pagesOf(config, deps), ...callsOf(config.installation, deps, await apiRoom(config))];
  const routes = [...chats.flatMap((chat) => chat.routes ?? []), ...pages, ...ticketsOf(config, deps)];
  const server = await startServer({ ...http, routes, ready, log: limitedLog(log) });
  ends.push(() => server.close());
  const driller = hand && startDrills(deps, hand, DRILL_MS);
  if (driller) ends.push(() => driller.stop());
  const box = (chat: string) => tracedDeliveries(deps, chat, inbox(driller ? withMore(deps, { driller }) : deps));
  drains.push(
    () => server.drain(),
    () => Promise.all(chats.map((chat) => chat.stop())),
  );
  for (const chat of chats) await chat.start(box(chat.chat));
  const homes = startHomes(deps);
  drains.push(() => homes.stop());
  const goingOn = startGoingOn(deps);
  drains.push(() => goingOn.stop());
  return server.url;
}

/** Where ticket systems say that a ticket was closed; nowhere where none has a key for it. */
function ticketsOf({ tickets }: Config, deps: Deps): readonly Route[] {
  const all = Object.entries(tickets).flatMap(([key, { webhook }]) =>
    webhook === undefined ? [] : [[key, liveSecretOf(webhook)] as const],
  );
  if (all.length === 0) return [];
  const closed = (ticket: Ticket) => endWithTicket(deps, ticket);
  const keyOf = (signature: string) => `ticket:${signature}`;
  const isNew = async (signature: string) =>
    (await deps.store.firstSaid(keyOf(signature), 'begun', TICKET_MS)) === 'begun';
  const done = async (signature: string) => {
    await deps.store.unsaid(keyOf(signature));
    await deps.store.firstSaid(keyOf(signature), 'done', TICKET_MS);
  };
  return [ticketRoute({ secrets: new Map(all), now: Date.now, isNew, done, closed })];
}

/** What a process does: it serves the chats, does the work, or both. Any number of each may run on one store. */
export interface Roles {
  readonly web: boolean;
  readonly work: boolean;
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as yieldOnce } from 'node:timers/promises';
import { demoConfig, demoSecrets } from '../../simulators/demo/config.ts';
import { behindFirewall } from '../../simulators/demo/firewall.ts';
import { type Services, startServices } from '../../simulators/demo/services.ts';
import { type OidcSimulator, startOidcSimulator } from '../../simulators/oidc/index.ts';
import { type PagerDutySimulator, startPagerDuty } from '../../simulators/pagerduty/index.ts';
import { ManualClock } from '../../simulators/shared/clock.ts';
import { startTickets } from '../../simulators/tickets/index.ts';
import type { Deps } from '../../src/app/deps.ts';
import { cloudLogWatcher } from '../../src/app/evidence/cloud-logs.ts';
import { askReviews } from '../../src/app/glass/reviews.ts';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { sumUp } from '../../src/app/loops/bursts.ts';
import { watchChannels } from '../../src/app/loops/channels.ts';
import { tellEnded } from '../../src/app/loops/delegations.ts';
import { digester } from '../../src/app/loops/digest.ts';
import { drawHomes } from '../../src/app/loops/homes.ts';
import { leaversOf } from '../../src/app/loops/leavers.ts';
import { patrol } from '../../src/app/loops/patrol.ts';
import { holder } from '../../src/app/loops/protections.ts';
import { router } from '../../src/app/loops/routing.ts';
import { watchTickets } from '../../src/app/loops/tickets.ts';
import { watchUnused } from '../../src/app/loops/unused.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { Alarms } from '../../src/app/operators/alarms.ts';
import { Drills } from '../../src/app/operators/drill.ts';
import { notify } from '../../src/app/request/notify.ts';
import { LiveHouse } from '../../src/config/live.ts';
import { readConfig } from '../../src/config/load.ts';
import { markSigner } from '../../src/core/rule/mark.ts';
import { startServer } from '../../src/http/server.ts';
import { pagesOf } from '../../src/pages.ts';
import { browserRoom, chatRooms, cloudRooms, onCallRoom, pageRoom, peopleRoom, ticketRoom } from '../../src/rooms.ts';
import { memoryAccountLinks } from '../memory/account-links.ts';
import { memoryAudit } from '../memory/audit.ts';
import { shownBy } from '../memory/board-rows.ts';
import { memoryCeremonies } from '../memory/ceremonies.ts';
import { memoryDelegations } from '../memory/delegations.ts';
import { memoryDrills } from '../memory/drills.ts';
import { memoryHomes } from '../memory/homes.ts';
import { memoryLock } from '../memory/lock.ts';
import { memoryLogMarks } from '../memory/log-marks.ts';
import { memoryProtectionRecords } from '../memory/protection-records.ts';
import { memoryQueue } from '../memory/queue.ts';
import { memoryRuleRecords } from '../memory/rule-records.ts';
import { memoryStore } from '../memory/store.ts';
import { memoryUndo } from '../memory/undo.ts';
import { counted } from './counted.ts';
import { ruled } from './ruled.ts';
import { type Strain, strained } from './strain.ts';

export interface World {
  readonly services: Services;
  /** Where drawbridge.yaml has `PAGERDUTY_URL`. */
  readonly pager: PagerDutySimulator | undefined;
  readonly clock: ManualClock;
  readonly strain: Strain;
  readonly deps: Deps;
  /** Where people sign in with a browser; absent where the transcript has none. */
  readonly pages: { readonly reach: (url: string) => string; readonly oidc?: OidcSimulator };
  /** Warnings and errors since the last call. */
  takeLog(): readonly string[];
  /** Does all that is due now, and all that this brings about. */
  work(): Promise<void>;
  patrol(): Promise<void>;
  digest(): Promise<void>;
  /** Looks whom pending requests have to ask now. */
  route(): Promise<void>;
  /** Changes a part of drawbridge.yaml while the program runs. */
  change(part: string, by: string): Promise<void>;
  /** Looks whether cards can be posted in the channels. */
  channels(): Promise<void>;
  /** Compares the clouds’ own logs with the audit. */
  logs(): Promise<void>;
  leavers(): Promise<unknown>;
  /** Looks which reviews are to be asked for. */
  reviews(): Promise<void>;
  unused(): Promise<unknown>;
  /** Sets a ticket’s status, `INC-1 done`, and looks what hangs on tickets. */
  tickets(what: string): Promise<void>;
  /** Deliveries that are still being worked on. */
  busy(): number;
  /** Called after each change of a service, and when a delivery has been worked on. */
  onChange(listener: () => void): () => void;
  stop(): Promise<void>;
}

export interface WorldOptions {
  /** Changes the demo's drawbridge.yaml before it is read. */
  readonly edit?: (yaml: string, oidc?: OidcSimulator) => string;
  /** People sign in with a browser. */
  readonly signIn?: boolean;
  readonly slackMode?: 'http' | 'socket';
  readonly azureBackend?: 'nsg' | 'firewall';
}

/** Where people reach the pages; the transcripts' browsers are led to where they are served. */
export const PUBLIC_URL = 'https://drawbridge.example.com';

/** When every transcript begins: an instant of its own, so that no card has another day in the evening. */
export const STARTED_AT = Date.UTC(2026, 10, 11, 10);

/** In place of the page of the board, which needs a browser that runs scripts. */
const BOARD = { index: '<!doctype html><h1>What is open now</h1>', files: new Map() };

/** What is around the machines of the demo in Azure: here with a Bastion. */
const network = {
  vnets: [{ name: 'vnet-prod', prefixes: ['10.0.0.0/16'] }],
  bastions: [{ name: 'prod-bastion', vnet: 'vnet-prod', prefix: '10.0.251.0/26', publicIp: '198.51.100.30' }],
};

/**
 * The real adapters and use cases against the four simulators, with twins of Redis and BullMQ in memory and a clock that
 * moves only when it is told to. Chats run on real time (their signatures are checked against it), clouds on the clock.
 */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { edit = (yaml) => yaml, slackMode = 'http', azureBackend, signIn = false } = options;
  const oidc = signIn ? await startOidcSimulator() : undefined;
  oidc?.register(`${PUBLIC_URL}/sign-in`);
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-'));
  const clock = new ManualClock(STARTED_AT);
  const azureWorld = azureBackend === 'firewall' ? { ...behindFirewall(), firewallMs: 0 } : { network };
  const services = await startServices({ cloudClock: clock.now, azureMinimum: 5, azureWorld, chatsWaitMs: 60_000 });
  writeFileSync(join(folder, 'teams-ca.pem'), services.teams.caPem);
  writeFileSync(join(folder, 'azure-ca.pem'), services.azure.ca);
  const yaml = demoConfig(services, {
    folder,
    port: 0,
    shortest: '5m',
    appendfsync: 'everysec',
    slackMode,
    withoutRole: true,
    ...(azureBackend ? { azureBackend } : {}),
  });
  const wanted = edit(yaml, oidc);
  const pager = wanted.includes('PAGERDUTY_URL') ? await startPagerDuty({ now: clock.now }) : undefined;
  const jira = wanted.includes('TICKETS_URL') ? await startTickets() : undefined;
  const placed = wanted.replaceAll('PAGERDUTY_URL', pager?.url ?? '').replaceAll('TICKETS_URL', jira?.url ?? '');
  const read = readConfig(placed);
  if ('faults' in read) throw new Error(read.faults.join('\n'));
  const { config } = read;
  Object.assign(process.env, demoSecrets(services), {
    PAGERDUTY_TOKEN: pager?.token ?? '',
    TICKETS_AUTHORIZATION: jira?.authorization ?? '',
    SIGN_IN_SECRET: oidc?.client.clientSecret ?? '',
  });
  const lines: string[] = [];
  const say = (level: string) => (fields: Readonly<Record<string, unknown>>, message: string) => {
    const { error, ...rest } = fields;
    lines.push(
      `${level}: ${message}${'code' in rest ? ` (${String(rest.code)})` : ''}${'why' in rest ? `: ${String(rest.why)}` : ''}`,
    );
    if (level === 'error' && process.env.SCENARIO_DEBUG) console.error(message, error);
  };
  const log = { info: () => {}, warn: say('warn'), error: say('error') };
  const links = memoryAccountLinks();
  const directory = await peopleRoom(config, log, { now: clock.now, pause: () => yieldOnce() }, { links });
  const ceremonies = memoryCeremonies();
  const browser = await browserRoom(config, log, { links, ceremonies });
  const pages = pageRoom(config, ceremonies);
  const house = await LiveHouse.of(config, async () => directory);
  const audit = memoryAudit(clock.now);
  const { store, rows } = shownBy(memoryStore({ now: clock.now, audit }));
  const queue = memoryQueue();
  const strain = strained(clock.now);
  // What is said is told here, not how fast: a busy machine answers late.
  const rooms = await chatRooms(config, { log, journal: strain.journal, directory, now: clock.now, patience: 20 });
  const tickets = ticketRoom(config);
  let random = 0;
  const deps: Deps = {
    store,
    queue,
    audit,
    lock: memoryLock(),
    undo: memoryUndo(),
    records: memoryProtectionRecords(),
    drills: memoryDrills(),
    delegations: memoryDelegations(),
    homes: memoryHomes(() => clock.now()),
    clouds: await cloudRooms(
      config,
      markSigner(config.installation, [{ id: 'k1', secret: 'scenario' }]),
      log,
      // Nothing in the clouds happens by waiting: they have the clock that is moved.
      { clock: { now: clock.now, pause: () => yieldOnce() } },
    ),
    chats: new Map(rooms.map((room) => [room.chat, room])),
    directory,
    ...(tickets ? { tickets } : {}),
    onCall: onCallRoom({ config, directory }, log, clock.now),
    ...{ ceremonies, mustAgree: strain.mustAgree },
    ...{ ...(pages && { pages }), ...(browser && { browser }), ...(config.board && { board: rows }) },
    ruleRecords: memoryRuleRecords(),
    get rules() {
      return house.rules;
    },
    log,
    random: (n) =>
      Uint8Array.from({ length: n }, () => {
        random += 37;
        return random % 256;
      }),
    monotonic: () => clock.now(),
  };
  const server = await startServer({
    ...{ host: '127.0.0.1', port: 0, trustedProxies: config.http.trustedProxies },
    routes: [...rooms.flatMap((room) => room.routes ?? []), ...pagesOf(config, deps, BOARD)],
    ready: async () => [],
    log,
  });
  services.setTarget(server.url);
  services.slack.setMode(slackMode);
  let busy = 0;
  const listeners = new Set<() => void>();
  // In place of the process that is killed: it is closing when the time is over.
  const driller = new Drills(deps, ({ dueAt }) => ({
    state: () => (clock.now() >= dueAt ? 'closing' : 'waiting'),
    kill: async () => {},
  }));
  const rules = await ruled({ deps, house, text: wanted });
  const live = Object.defineProperties(
    {},
    { ...Object.getOwnPropertyDescriptors(deps), ...Object.getOwnPropertyDescriptors({ driller }) },
  ) as Deps;
  const box = counted(inbox(live), (by) => {
    busy += by;
    if (by < 0) for (const listener of listeners) listener();
  });
  for (const room of rooms) await room.start(box);
  const signal = new AbortController().signal;
  const digest = digester(deps);
  const hold = holder(deps);
  const leavers = leaversOf(deps);
  const unused = watchUnused(deps);
  const alarms = new Alarms(deps);
  const route = router(deps);
  const logs = cloudLogWatcher(deps, memoryLogMarks(), alarms);
  return {
    services,
    pager,
    clock,
    strain,
    deps,
    pages: { ...(oidc ? { oidc } : {}), reach: (url) => url.replace(PUBLIC_URL, server.url) },
    takeLog: () => lines.splice(0),
    change: rules.change,
    async work() {
      await rules.look();
      for (let round = 0; round < 50; round += 1) {
        await driller.look();
        const { machines } = await store.claim(100, 5_000);
        for (const machine of machines)
          await converge(deps, machine, signal).catch((error: unknown) => say('error')({ error }, 'a converge failed'));
        const did = await queue.drain({
          converge: (machine) => converge(deps, machine, signal),
          notify: (id) => notify(deps, id, signal),
        });
        if (machines.length === 0 && did === 0) return void (await drawHomes(live));
      }
    },
    patrol: () => patrol(deps, signal).then(() => hold(signal)),
    digest: () => digest(signal),
    async route() {
      await route(signal);
      await tellEnded(deps, signal);
      await sumUp(deps, signal);
    },
    channels: () => watchChannels(deps, alarms, signal),
    logs: () => logs(signal),
    leavers: () => leavers(signal),
    async tickets(what) {
      const [key = '', category = ''] = what.split(' ');
      jira?.set(key, category);
      await watchTickets(deps, signal);
    },
    reviews: async () => void (await askReviews(deps, signal)),
    unused: () => unused(signal),
    busy: () => busy,
    onChange(listener) {
      const stop = services.onChange(listener);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        stop();
      };
    },
    async stop() {
      await Promise.all(rooms.map((room) => room.stop()));
      await server.close();
      await services.stop();
      await pager?.stop();
      await jira?.stop();
      await oidc?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

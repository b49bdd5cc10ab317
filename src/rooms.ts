import { alarmWebhook } from '../adapters/alarm-webhook/index.ts';
import { directoryOf, withLastKnown, withServices } from '../adapters/directory/index.ts';
import { glassSnapshot } from '../adapters/glass-snapshot/index.ts';
import { onCallSchedules } from '../adapters/on-call/index.ts';
import { addressFinder, outgoing } from '../adapters/outgoing/index.ts';
import type { SlackSettings } from '../adapters/slack/index.ts';
import { sshSignatures } from '../adapters/ssh-key/index.ts';
import type { TeamsSettings } from '../adapters/teams/index.ts';
import { ticketSystems } from '../adapters/tickets/index.ts';
import type { Deps, Offline } from './app/deps.ts';
import { awsSettings } from './config/aws-roles.ts';
import { directorySettings, identityCenterOf } from './config/directory.ts';
import { outgoingRules } from './config/outgoing.ts';
import { schedulesOf, urlsOf } from './config/schedules.ts';
import type { Config } from './config/schema.ts';
import { liveSecretOf, secretOf } from './config/secrets.ts';
import { ticketUrls } from './config/tickets.ts';
import { webKeys } from './config/web-keys.ts';
import type { CloudName } from './core/machine/machine.ts';
import type { MarkKey, MarkSigner } from './core/rule/mark.ts';
import { sealer } from './core/rule/seal.ts';
import { TONGUES } from './core/words/tongues.ts';
import { withKeys } from './http/api/keys.ts';
import { watchedBy, watchIds } from './kit/call-ids.ts';
import { type Clock, pauseFor } from './kit/clock.ts';
import type { AccountLinks } from './ports/account-links.ts';
import type { AlarmWay } from './ports/alarm-way.ts';
import type { ApiRoom } from './ports/api.ts';
import type { BrowserRoom, PageRoom } from './ports/browser-room.ts';
import type { Ceremonies } from './ports/ceremonies.ts';
import type { Chat } from './ports/chat.ts';
import type { Cloud } from './ports/cloud.ts';
import type { Directory } from './ports/directory.ts';
import type { Examiner } from './ports/examiner.ts';
import type { Journal } from './ports/journal.ts';
import type { LastKnown } from './ports/last-known.ts';
import type { Log } from './ports/log.ts';
import type { CallWatch } from './ports/meter.ts';
import type { OnCall } from './ports/on-call.ts';
import type { CallOut } from './ports/outgoing.ts';
import type { Tickets } from './ports/tickets.ts';
import { SIGN_IN_PATH } from './web/steps.ts';

interface Shared {
  readonly log: Log;
  readonly journal: Journal;
  readonly directory: Pick<Directory, 'accountOf' | 'person'>;
  readonly now?: Clock['now'];
  /** By how much everything may take longer than the chats allow: 1, but for tests of what is said. */
  readonly patience?: number;
}

/** Who is who: the people of the file, and of the directories that are configured. */
export async function peopleRoom(
  config: Config,
  log: Log,
  clock: Clock = { now: Date.now, pause: pauseFor },
  { links, called }: { readonly links?: AccountLinks; readonly called?: CallWatch | undefined } = {},
): Promise<Directory> {
  const settings = directorySettings(config);
  const kept = config.signIn ? links : undefined;
  const center = identityCenterOf(config);
  const given = center && { ...center.given, called };
  const people = center && (await (await import('../adapters/aws/index.ts')).peopleStore());
  const store = given && people?.identityStore(center.settings, settings.asked, given);
  const services = config.api?.services ?? [];
  if (!config.directory.slack || !config.slack)
    return withServices(directoryOf(settings, { store, kept }, clock), services);
  const { slackAccounts } = await import('../adapters/slack/index.ts');
  const slack = slackAccounts(slackSettings(config.slack), settings.asked, log);
  return withServices(directoryOf(settings, { slack, store, kept }, clock), services);
}

/** The same with those who may always close, as they were known last. */
export function lastKnownRoom(directory: Directory, lastKnown: LastKnown): Directory {
  return withLastKnown(directory, lastKnown);
}

/** Where pages are served, and what their links are signed with; undefined where `web` does not say where. */
export function pageRoom(config: Config, ceremonies: Ceremonies): PageRoom | undefined {
  const { web, installation } = config;
  if (!web) return undefined;
  const { ipv4, ipv6 } = web;
  return {
    url: new URL(web.url).origin,
    over: {
      ...(ipv4 === undefined ? {} : { ipv4: new URL(ipv4).origin }),
      ...(ipv6 === undefined ? {} : { ipv6: new URL(ipv6).origin }),
    },
    seals: sealer(installation, 'link', webKeys(config)),
    ceremonies,
  };
}

/** Where people sign in with a browser; undefined where `web` and `signIn` do not say how. */
export async function browserRoom(
  config: Config,
  log: Log,
  kept: { readonly ceremonies: Ceremonies; readonly links: AccountLinks },
): Promise<(BrowserRoom & Examiner) | undefined> {
  const { signIn, directory, slack } = config;
  const pages = pageRoom(config, kept.ceremonies);
  if (!pages || !signIn || !directory.entra) return undefined;
  const { oidcSignIn } = await import('../adapters/oidc/index.ts');
  const { slackAccounts } = await import('../adapters/slack/index.ts');
  const { clientSecret, ...settings } = signIn;
  const linking = slack && {
    links: kept.links,
    account: (id: string) => slackAccounts(slackSettings(slack), [], log).account(id),
  };
  const keys = webKeys(config);
  const provider = oidcSignIn({
    ...settings,
    clientSecret: secretOf(clientSecret),
    tenantId: directory.entra.tenantId,
    redirect: `${pages.url}${SIGN_IN_PATH}`,
  });
  const what = `keys of links and forms (${keys.map(({ id }) => id).join(', ')})`;
  return {
    ...pages,
    signIn: provider,
    ...(linking ? { linking } : {}),
    examine: async (...asked) => [{ of: 'Drawbridge', what, verdict: 'fine' }, ...(await provider.examine(...asked))],
  };
}

/** Who calls the HTTP API; undefined where `api` does not say how people sign in to it. */
export async function apiRoom({ api, web, signIn, directory }: Config): Promise<ApiRoom | undefined> {
  if (!api || !web || !signIn || !directory.entra) return undefined;
  const { accessTokens, scopeOf } = await import('../adapters/oidc/index.ts');
  const { deviceClientId, services, ...clients } = { issuer: signIn.issuer, ...api };
  const device = deviceClientId === undefined ? {} : { deviceClientId };
  const { issuer, clientId } = clients;
  return {
    tokens: withKeys(accessTokens({ ...clients, ...device, services, tenantId: directory.entra.tenantId }), services),
    signIn: { issuer, clientId, ...device, scope: scopeOf(api) },
  };
}

/** The SDKs are heavy: only what is configured is loaded. */
export async function chatRooms(
  config: Config,
  { log, journal, directory, now = Date.now, patience = 1 }: Shared,
): Promise<readonly Chat[]> {
  const chats: Chat[] = [];
  if (config.slack) {
    const { slackAdapter } = await import('../adapters/slack/index.ts');
    const slackIdOf = (id: string) => directory.accountOf('slack', id);
    const tongue = TONGUES[config.language];
    chats.push(slackAdapter(slackSettings(config.slack), { log, journal, slackIdOf, tongue, patience }));
  }
  if (config.teams) {
    const { teamsAdapter } = await import('../adapters/teams/index.ts');
    const entraIdOf = (id: string) => directory.accountOf('teams', id);
    chats.push(
      await teamsAdapter(
        { ...teamsSettings(config.teams), channels: teamsChannels(config), language: config.language },
        {
          ...{ log, journal, now, entraIdOf, patience },
          languageOf: async (id) => (await directory.person('teams', id, 'last').catch(() => undefined))?.language,
        },
      ),
    );
  }
  return chats;
}

export async function cloudRooms(
  config: Config,
  marks: MarkSigner,
  log: Log,
  { clock = { now: Date.now, pause: pauseFor }, called }: { readonly clock?: Clock; readonly called?: CallWatch } = {},
): Promise<Deps['clouds']> {
  const clouds = new Map<CloudName, Cloud>();
  const shared = { marks, installation: config.installation, log, ...clock, called: watchedBy(watchIds, called) };
  if (config.azure) {
    const { azureAdapter } = await import('../adapters/azure/index.ts');
    const { clientSecret, ...settings } = config.azure;
    clouds.set(
      'azure',
      azureAdapter({ ...settings, ...(clientSecret ? { clientSecret: secretOf(clientSecret) } : {}) }, shared),
    );
  }
  if (config.aws) {
    const { awsAdapter } = await import('../adapters/aws/index.ts');
    clouds.set('aws', awsAdapter(awsSettings(config.aws), shared));
  }
  if (config.gcp) {
    const { gcpAdapter } = await import('../adapters/gcp/index.ts');
    clouds.set('gcp', gcpAdapter(config.gcp, shared));
  }
  return clouds;
}

function slackSettings({ botToken, signingSecret, appToken, ...rest }: NonNullable<Config['slack']>): SlackSettings {
  return {
    ...rest,
    botToken: liveSecretOf(botToken),
    ...(signingSecret ? { signingSecret: liveSecretOf(signingSecret) } : {}),
    ...(appToken ? { appToken: secretOf(appToken) } : {}),
  };
}

function teamsSettings({ appPassword, credential, ...rest }: NonNullable<Config['teams']>): TeamsSettings {
  const certificate = credential?.certificate;
  return {
    ...rest,
    ...(appPassword === undefined ? {} : { appPassword: liveSecretOf(appPassword) }),
    ...(credential && { credential: { ...credential, ...(certificate && { certificate: secretOf(certificate) }) } }),
  };
}

function teamsChannels({ places }: Config): readonly string[] {
  return Object.values(places).flatMap((place) => ('teams' in place ? [place.teams] : []));
}

/** Calls what `outgoing` allows, and the hosts of these URLs, which stand in the file itself. */
export function callsOf(config: Pick<Config, 'outgoing'>, urls: readonly string[] = []): CallOut {
  return outgoing(outgoingRules(config.outgoing, urls));
}

/** Ticket systems; undefined where none is configured. */
export function ticketRoom({ tickets, outgoing }: Pick<Config, 'tickets' | 'outgoing'>): Tickets | undefined {
  const all = Object.entries(tickets).map(([key, { url, authorization, state, open, closed }]) => {
    const own = authorization === undefined ? {} : { authorization: secretOf(authorization) };
    return [key, { url, path: state.split('.'), open, closed, ...own }] as const;
  });
  return all.length === 0 ? undefined : ticketSystems(new Map(all), callsOf({ outgoing }, ticketUrls(tickets)));
}

/** What databases on disk say of addresses; nothing where none is named. Throws `badConfig` for unreadable files, where they `mustBe`. */
export async function publishedRoom({ addressDatabases: paths }: Config, log: Log, mustBe = true) {
  if (paths.length === 0) return {};
  const { addressDatabases } = await import('../adapters/address-databases/index.ts');
  return { published: await addressDatabases(paths, { log, now: Date.now, mustBe }) };
}

/** The ways to be told that need no chat. */
export function alarmRoom({ alarms, outgoing, installation }: Config): readonly AlarmWay[] {
  const call = callsOf(
    { outgoing },
    alarms.webhooks.flatMap(({ url }) => url ?? []),
  );
  return alarms.webhooks.map(({ name, url, secretUrl, secret }) => {
    const own = { name, url: url ?? secretOf(secretUrl ?? ''), secret: liveSecretOf(secret) };
    return alarmWebhook(own, { call, installation, now: Date.now });
  });
}

/** The same by e-mail; the doctor signs in there. */
export async function mailRoom(
  { alarms, outgoing, installation }: Config,
  log: Log,
): Promise<readonly (AlarmWay & Examiner)[]> {
  if (alarms.mails.length === 0) return [];
  // Now, and not when there is an alarm: then even files may be out of reach.
  const { alarmMail } = await import('../adapters/alarm-mail/index.ts');
  const { ca, ...rules } = outgoingRules(outgoing);
  const around = { addressesOf: addressFinder(rules), installation, log, now: Date.now };
  return alarms.mails.map(({ user, password, ...server }) => {
    const signIn = user === undefined ? {} : { signIn: { user, password: secretOf(password ?? '') } };
    return alarmMail({ ...server, ...signIn, ...(ca === undefined ? {} : { ca }) }, around);
  });
}

/** Who is on call, by the schedules of the configuration that holds at that moment. Throws `badConfig` when one of its secrets is not there. */
export function onCallRoom(
  house: { readonly config: Config; readonly directory: Directory },
  log: Log,
  now: () => number = Date.now,
): OnCall & Examiner {
  const make = (config: Config) => {
    const call = callsOf(config, urlsOf(config.onCall));
    const directory: Pick<Directory, 'byId' | 'find'> = {
      byId: (id) => house.directory.byId(id),
      find: (typed) => house.directory.find(typed),
    };
    return { config, schedules: onCallSchedules(schedulesOf(config.onCall), { call, directory, now, log }) };
  };
  let made = make(house.config);
  const current = () => {
    if (made.config !== house.config) made = make(house.config);
    return made.schedules;
  };
  return {
    now: (schedule, signal) => current().now(schedule, signal),
    examine: (places, signal) => current().examine(places, signal),
  };
}

/** What it takes to break glass without a chat. */
export function offlineRoom(
  { installation, breakGlassOffline }: Config,
  keys: readonly [MarkKey, ...MarkKey[]],
): Offline {
  const snapshot = glassSnapshot(breakGlassOffline.snapshot, sealer(installation, 'break-glass', keys));
  return { installation, signatures: sshSignatures, snapshot };
}

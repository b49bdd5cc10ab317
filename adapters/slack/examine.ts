import type { WebClient } from '@slack/web-api';
import type { Place } from '../../src/core/people/place.ts';
import { type Diagnosis, faultAt, unknownAt } from '../../src/core/view/doctor-page.ts';
import { clockOf } from '../../src/core/view/skew.ts';
import { dateOf } from '../../src/kit/date-of.ts';
import type { Clients } from './clients.ts';
import { isRefusal, slackCode, slackError } from './errors.ts';
import { abortable } from './look-back.ts';
import type { SlackSettings } from './settings.ts';

/** What manifests/slack/manifest.yaml asks for. */
export const SCOPES = [
  'commands',
  'app_mentions:read',
  'chat:write',
  'im:write',
  'im:history',
  'users:read',
  'channels:read',
  'groups:read',
] as const;
export const OPTIONAL_SCOPES = ['channels:history', 'groups:history'] as const;
/** For `directory.slack` and `directory.mailDomains`: what is missing there is told by whoever needs it (`directoryRights`). */
export const DIRECTORY_SCOPES = ['usergroups:read', 'users:read.email'] as const;
/** People who are looked up: a method for each, and Slack limits how often. */
const MOST_PEOPLE = 40;
const OF = 'Slack';
/** Its `api.test` needs no token (docs.slack.dev/reference/methods/api.test). */
const API = 'https://slack.com/api/';

type Run = <T>(call: () => Promise<T>) => Promise<T>;

/** Token, workspace, clock, scopes, each channel, and whether each person is there (docs.slack.dev/reference/methods). */
export async function examineSlack(
  { worker: client, app }: Clients,
  settings: SlackSettings,
  places: readonly Place[],
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  const run: Run = (call) => abortable(signal, call);
  let scopes: readonly string[];
  try {
    const { team_id, response_metadata } = await run(() => client.auth.test());
    if (team_id !== settings.teamId)
      return [fault('token', `It is for the workspace ${team_id}.`, 'Use a token of the workspace in `slack.teamId`.')];
    scopes = response_metadata?.scopes ?? [];
  } catch (error) {
    if (slackError(error).code === 'chatSilent' && slackCode(error) === undefined) return [silent(settings.apiUrl)];
    if (!isRefusal(error)) return [unsaid('token', error)];
    return [
      fault(
        'token',
        `Slack says ${slackCode(error)}.`,
        'Install the app again, and set `slack.botToken` to its new token.',
      ),
    ];
  }
  const own = places.filter(({ chat }) => chat === 'slack');
  const channels = own.filter(({ kind }) => kind === 'channel');
  const people = own.filter(({ kind }) => kind === 'private');
  const found: Diagnosis[] = [
    fine('token'),
    clockOf(OF, await dateOf(new URL('api.test', settings.apiUrl ?? API).href, signal), Date.now()),
    ...scopesOf(scopes),
    await deliveriesOf(app, settings, run),
  ];
  for (const { id } of channels) found.push(await channelOf(client, id, run));
  for (const { id } of people.slice(0, MOST_PEOPLE)) found.push(await personOf(client, id, run));
  const more = people.length - MOST_PEOPLE;
  if (more > 0)
    found.push(
      unknown(`${more} more people`, 'They were not looked up.', 'Ask one who is not told to try `/jit help`.'),
    );
  return found;
}

function scopesOf(granted: readonly string[]): readonly Diagnosis[] {
  if (granted.length === 0)
    return [
      unknown('scopes', 'Slack does not say which were granted.', 'Compare them with manifests/slack/manifest.yaml.'),
    ];
  const missing = SCOPES.filter((scope) => !granted.includes(scope));
  const rather = OPTIONAL_SCOPES.filter((scope) => !granted.includes(scope));
  const remedy = 'Update the app from manifests/slack/manifest.yaml, and install it again.';
  if (missing.length > 0)
    return [fault('scopes', `The app lacks ${missing.join(', ')}, so part of it does not work.`, remedy)];
  if (rather.length > 0) return [unknown('scopes', `Without ${rather.join(', ')} a card may be posted twice.`, remedy)];
  return [fine('scopes')];
}

/** In HTTP mode only Slack knows whether it reaches us. In Socket Mode a token is asked for an address, which is not used. */
async function deliveriesOf(app: WebClient | undefined, { mode }: SlackSettings, run: Run): Promise<Diagnosis> {
  if (mode === 'http' || !app)
    return unknown(
      'deliveries',
      'Slack does not say whether it reaches Drawbridge.',
      'Type `/jit help` in Slack; the URLs of the app must end in `/slack/events`.',
    );
  try {
    await run(() => app.apps.connections.open());
    return fine('deliveries');
  } catch (error) {
    if (!isRefusal(error)) return unsaid('deliveries', error);
    return fault(
      'deliveries',
      `Socket Mode does not open: Slack says ${slackCode(error)}.`,
      'Make an app-level token with `connections:write`, and set `slack.appToken`.',
    );
  }
}

async function channelOf(client: WebClient, id: string, run: Run): Promise<Diagnosis> {
  const what = `channel ${id}`;
  try {
    const { channel } = await run(() => client.conversations.info({ channel: id }));
    if (channel?.is_archived) return fault(what, 'It is archived.', 'Restore it, or name another one in `places`.');
    if (channel?.is_ext_shared || channel?.is_pending_ext_shared)
      return fault(
        what,
        'It is shared with another organization, so nothing is posted.',
        'Name a channel of your own in `places`.',
      );
    if (!channel?.is_member)
      return fault(
        what,
        'The app is not in it, so cards cannot be posted.',
        `Type \`/invite @Drawbridge\` in #${channel?.name ?? id}.`,
      );
    return fine(what);
  } catch (error) {
    if (!saysOfIt(error)) return unsaid(what, error);
    return fault(
      what,
      `Slack says ${slackCode(error)}.`,
      'Check its ID in `places`; the app must be invited to a private channel.',
    );
  }
}

async function personOf(client: WebClient, id: string, run: Run): Promise<Diagnosis> {
  const what = `person ${id}`;
  try {
    const { user } = await run(() => client.users.info({ user: id }));
    const isStranger =
      user?.deleted || user?.is_bot || user?.is_restricted || user?.is_ultra_restricted || user?.is_stranger;
    return isStranger
      ? fault(
          what,
          'The account is deactivated, a guest, or a bot, so it is refused.',
          'Correct `slack` of this person in `people`, or remove them.',
        )
      : fine(what);
  } catch (error) {
    if (!saysOfIt(error)) return unsaid(what, error);
    return fault(what, `Slack says ${slackCode(error)}.`, 'Correct `slack` of this person in `people`.');
  }
}

/** Of the channel or the person, and not of Slack or the token alone. */
function saysOfIt(error: unknown): boolean {
  return slackError(error).code === 'chatRefused';
}

/** What was asked, Slack did not say. */
function unsaid(what: string, error: unknown): Diagnosis {
  const said = slackCode(error);
  const silence = slackError(error).code === 'chatBusy' ? 'takes no more calls for now' : 'does not answer';
  const why = said === undefined ? silence : `says ${said}`;
  return unknown(what, `It could not be looked at: Slack ${why}.`, 'Run `npx jit doctor` again in a minute.');
}

/** Slack said nothing of the token. */
function silent(apiUrl = API): Diagnosis {
  const { hostname } = new URL(apiUrl);
  return unknown('token', `Slack does not answer at ${hostname}.`, `Let Drawbridge reach ${hostname}, port 443.`);
}

function fine(what: string): Diagnosis {
  return { of: OF, what, verdict: 'fine' };
}

function fault(what: string, means: string, remedy: string): Diagnosis {
  return faultAt(OF, what, means, remedy);
}

function unknown(what: string, means: string, remedy: string): Diagnosis {
  return unknownAt(OF, what, means, remedy);
}

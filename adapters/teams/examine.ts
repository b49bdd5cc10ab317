import { X509Certificate } from 'node:crypto';
import { DAY_MS } from '../../src/core/language/instant.ts';
import { isGroupChat, type Place } from '../../src/core/people/place.ts';
import type { Diagnosis } from '../../src/core/view/doctor-page.ts';
import { clockOf } from '../../src/core/view/skew.ts';
import { dateOf } from '../../src/kit/date-of.ts';
import type { Bot } from './bot.ts';
import { ConnectorFailure, isBarred, isGone } from './errors.ts';
import type { Credential, Settings } from './settings.ts';

const OF = 'Teams';
/** Asked about where nobody is configured: no person has it. */
const NOBODY = '00000000-0000-0000-0000-000000000000';
/** The conversation is there, the bot may see its roster, and this person is not in it. */
const NO_MEMBER = 'MemberNotFoundInConversation';

/** Sign-in, the connector's clock, and each channel by its roster (Teams, "Get Teams specific context for your bot"). Opens no chat. */
export async function examineTeams(
  bot: Bot,
  settings: Settings,
  places: readonly Place[],
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  try {
    await bot.login(signal);
  } catch (error) {
    const remedy = `${remedyOf(settings.credential)}; compare \`teams.appId\` and \`teams.tenantId\`.`;
    const what = `sign-in with ${wayOf(settings.credential)}`;
    return [{ of: OF, what, verdict: 'fault', means: `Entra says ${saidBy(error)}.`, remedy }];
  }
  const { serviceUrl } = settings;
  const own = places.filter(({ chat }) => chat === 'teams');
  const people = own.filter(({ kind }) => kind === 'private');
  const found: Diagnosis[] = [
    signInOf(settings.credential, Date.now()),
    clockOf(OF, await dateOf(serviceUrl, signal), Date.now()),
  ];
  const [somebody = NOBODY] = people.map(({ id }) => id);
  for (const { id, kind } of own) {
    if (kind !== 'channel') continue;
    found.push(await channelOf(id, () => bot.member({ serviceUrl, conversation: id }, somebody, signal)));
  }
  return [
    ...found,
    {
      of: OF,
      what: 'deliveries and private chats',
      verdict: 'unknown',
      means: 'Teams does not say whether it reaches Drawbridge, or who has the app.',
      remedy: 'Write `help` to the bot; install the app for everybody with a setup policy.',
    },
  ];
}

/** Long enough for a new one to be ordered, and to be taken up. */
const BEFORE_END_MS = 30 * DAY_MS;

function signInOf(credential: Credential | undefined, now: number): Diagnosis {
  const what = `sign-in with ${wayOf(credential)}`;
  const end = endOf(credential);
  if (end === undefined || end - now > BEFORE_END_MS) return { of: OF, what, verdict: 'fine' };
  return { of: OF, what, verdict: 'fault', means: 'It ends soon.', remedy: `${remedyOf(credential)}, and restart.` };
}

/** What the bot signs in with, and until when a certificate is good. */
function wayOf(credential: Credential | undefined): string {
  if (credential === undefined) return 'a client secret';
  if ('certificate' in credential)
    return `a certificate that is good until ${new Date(endOf(credential) ?? 0).toISOString().slice(0, 10)}`;
  if ('managedIdentity' in credential) return 'its managed identity';
  return 'tokenFile' in credential ? 'the token of a file' : 'a managed identity that the app trusts';
}

function endOf(credential: Credential | undefined): number | undefined {
  if (!credential || !('certificate' in credential)) return undefined;
  return Date.parse(new X509Certificate(credential.certificate).validTo);
}

function remedyOf(credential: Credential | undefined): string {
  if (credential === undefined) return 'Make a new client secret for the app, and set `teams.appPassword`';
  if ('certificate' in credential)
    return 'Add a new certificate to the app in Entra, and set `teams.credential.certificate`';
  if ('managedIdentity' in credential)
    return 'Assign the identity whose client ID is `teams.appId` to what Drawbridge runs on';
  return 'Compare the federated credential of the app in Entra with what `teams.credential` names';
}

async function channelOf(id: string, ask: () => Promise<unknown>): Promise<Diagnosis> {
  const [what, where] = isGroupChat(id) ? [`group chat ${id}`, 'that chat'] : [`channel ${id}`, 'its team'];
  const fine = { of: OF, what, verdict: 'fine' } as const;
  try {
    await ask();
    return fine;
  } catch (error) {
    if (error instanceof ConnectorFailure && error.code === NO_MEMBER) return fine;
    const means = isBarred(error) ? `The app is not in ${where}.` : `Teams says ${saidBy(error)}.`;
    if (isBarred(error) || isGone(error))
      return {
        of: OF,
        what,
        verdict: 'fault',
        means,
        remedy: `Check its ID in \`places\`, and add the app to ${where}.`,
      };
    return { of: OF, what, verdict: 'unknown', means, remedy: 'Run `npx jit doctor` again in a minute.' };
  }
}

function saidBy(error: unknown): string {
  return error instanceof ConnectorFailure ? error.code : 'nothing';
}

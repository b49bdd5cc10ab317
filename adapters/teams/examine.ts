import type { Place } from '../../src/core/people/place.ts';
import type { Diagnosis } from '../../src/core/view/doctor-page.ts';
import { clockOf } from '../../src/core/view/skew.ts';
import { dateOf } from '../../src/kit/date-of.ts';
import type { Bot } from './bot.ts';
import { ConnectorFailure, isBarred, isGone } from './errors.ts';
import type { Settings } from './settings.ts';

const OF = 'Teams';
/** Asked about where nobody is configured: no person has it. */
const NOBODY = '00000000-0000-0000-0000-000000000000';
/** The conversation is there, the bot may see its roster, and this person is not in it. */
const NO_MEMBER = 'MemberNotFoundInConversation';

/** Sign-in, the connector's clock, and each channel by its roster (Teams, "Get Teams specific context for your bot"). Opens no chat. */
export async function examineTeams(
  bot: Bot,
  { serviceUrl }: Settings,
  places: readonly Place[],
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  try {
    await bot.login(signal);
  } catch (error) {
    const remedy =
      'Make a new client secret for the app, and set `teams.appPassword`; compare `teams.appId` and `teams.tenantId`.';
    return [{ of: OF, what: 'sign-in', verdict: 'fault', means: `Entra says ${saidBy(error)}.`, remedy }];
  }
  const own = places.filter(({ chat }) => chat === 'teams');
  const people = own.filter(({ kind }) => kind === 'private');
  const found: Diagnosis[] = [
    { of: OF, what: 'sign-in', verdict: 'fine' },
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

async function channelOf(id: string, ask: () => Promise<unknown>): Promise<Diagnosis> {
  const what = `channel ${id}`;
  const fine = { of: OF, what, verdict: 'fine' } as const;
  try {
    await ask();
    return fine;
  } catch (error) {
    if (error instanceof ConnectorFailure && error.code === NO_MEMBER) return fine;
    const means = isBarred(error) ? 'The app is not in its team.' : `Teams says ${saidBy(error)}.`;
    if (isBarred(error) || isGone(error))
      return {
        of: OF,
        what,
        verdict: 'fault',
        means,
        remedy: 'Check its ID in `places`, and add the app to its team.',
      };
    return { of: OF, what, verdict: 'unknown', means, remedy: 'Run `npx jit doctor` again in a minute.' };
  }
}

function saidBy(error: unknown): string {
  return error instanceof ConnectorFailure ? error.code : 'nothing';
}

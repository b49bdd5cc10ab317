import type { WebClient } from '@slack/web-api';
import { JitError } from '../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../src/core/language/instant.ts';
import { say } from '../../src/core/language/say.ts';
import { tidy } from '../../src/core/language/text.ts';
import type { GroupSubject } from '../../src/core/people/person.ts';
import type { Account, Accounts } from '../../src/ports/accounts.ts';
import type { Log } from '../../src/ports/log.ts';
import { slackClients } from './clients.ts';
import { slackCode, slackError } from './errors.ts';
import { slackLogger } from './logger.ts';
import type { SlackSettings } from './settings.ts';
import { notMember, type SlackMember } from './verify.ts';

/** How errors name this directory. */
const SLACK = 'Slack';
/** One call gives all user groups, and Slack allows some twenty a minute (Tier 2): a decision may see those of three seconds ago. */
const GROUPS_MS = 3 * SECOND_MS;
/** Members of a user group who are looked up, to be told: a call for each. */
const MOST_MEMBERS = 50;
const AT_ONCE = 5;
const LONGEST_NAME = 80;

interface Member extends SlackMember {
  readonly id?: string;
  readonly name?: string;
  readonly real_name?: string;
  readonly is_email_confirmed?: boolean;
  readonly locale?: string;
  readonly tz?: string;
  readonly profile?: { readonly email?: string; readonly real_name?: string };
}

interface UserGroup {
  readonly id?: string;
  readonly handle?: string;
  readonly users?: readonly string[];
}

/** People and user groups of the workspace (docs.slack.dev: users.info, usergroups.list). Guests are in no group here. */
export function slackAccounts(settings: SlackSettings, asked: readonly GroupSubject[], log: Log): Accounts {
  const { worker: client } = slackClients(settings, slackLogger(log));
  const groups = userGroups(client);
  const words = asked.filter((word) => word.startsWith('slack:'));
  const account = async (id: string): Promise<Account | undefined> => {
    const [user, all] = await Promise.all([userOf(client, id), words.length > 0 ? groups() : []]);
    if (!user || user.is_bot) return undefined;
    const read = accountOf(id, user, settings);
    return { ...read, groups: read.guest ? [] : words.filter((word) => groupOf(all, word).users?.includes(id)) };
  };
  return {
    from: 'slack',
    account,
    async byMail(mail) {
      const user = await userBy(client, mail);
      return user?.id === undefined || user.is_bot ? undefined : accountOf(user.id, user, settings);
    },
    async members(group) {
      // Somebody may be listed only where their own record would show it: a tag may name any group.
      if (!words.includes(group)) return [];
      const ids = groupOf(await groups(), group).users ?? [];
      const found: Account[] = [];
      const looked = ids.slice(0, MOST_MEMBERS);
      for (let from = 0; from < looked.length; from += AT_ONCE) {
        const some = await Promise.all(looked.slice(from, from + AT_ONCE).map((id) => userOf(client, id)));
        for (const [i, user] of some.entries()) {
          const id = looked[from + i];
          if (user && id !== undefined && !user.is_bot) found.push(accountOf(id, user, settings));
        }
      }
      return found.filter(({ guest }) => !guest).map((one) => ({ ...one, groups: [group] }));
    },
  };
}

/** All user groups, read once for whoever asks at the same time. */
function userGroups(client: WebClient): () => Promise<readonly UserGroup[]> {
  let kept: { readonly at: number; readonly all: Promise<readonly UserGroup[]> } | undefined;
  return () => {
    const now = performance.now();
    if (kept && now - kept.at < GROUPS_MS) return kept.all;
    const all = client.usergroups.list({ include_users: true }).then(
      ({ usergroups = [] }) => usergroups as readonly UserGroup[],
      (error: unknown) => {
        kept = undefined;
        throw accountsError(error, 'user groups', 'usergroups:read');
      },
    );
    kept = { at: now, all };
    return all;
  };
}

/** `slack:S…` or `slack:@handle`. Throws `groupUnknown` for one that is not there: its policies cannot be told. */
function groupOf(all: readonly UserGroup[], word: GroupSubject): UserGroup {
  const named = word.slice('slack:'.length);
  const found = all.find(({ id, handle }) => id === named || `@${handle}` === named);
  if (!found) throw new JitError('groupUnknown', { group: word, directory: SLACK, count: 'no' });
  return found;
}

async function userOf(client: WebClient, user: string): Promise<Member | undefined> {
  try {
    return (await client.users.info({ user, include_locale: true })).user as Member | undefined;
  } catch (error) {
    if (slackCode(error) === 'user_not_found' || slackCode(error) === 'user_not_visible') return undefined;
    throw accountsError(error, 'people', 'users:read');
  }
}

/** Undefined for nobody, and for whoever was deactivated (docs.slack.dev: users.lookupByEmail). */
async function userBy(client: WebClient, email: string): Promise<Member | undefined> {
  try {
    return (await client.users.lookupByEmail({ email })).user as Member | undefined;
  } catch (error) {
    if (slackCode(error) === 'users_not_found') return undefined;
    throw accountsError(error, 'e-mail addresses', 'users:read.email');
  }
}

function accountOf(id: string, user: Member, home: SlackSettings): Account {
  const { real_name, profile, locale, tz, is_email_confirmed: isConfirmed } = user;
  const mail = isConfirmed ? profile?.email?.toLowerCase() : undefined;
  return {
    id,
    // Everybody writes their own.
    name: tidy(real_name || profile?.real_name || user.name || id, LONGEST_NAME),
    disabled: user.deleted === true,
    guest: !user.deleted && notMember(user, home) !== undefined,
    groups: [],
    ...(mail ? { mail } : {}),
    ...(locale ? { language: locale } : {}),
    ...(tz ? { zone: tz } : {}),
  };
}

/** A scope that is missing needs somebody; all else may pass. */
function accountsError(error: unknown, what: string, right: string): JitError {
  if (slackCode(error) === 'missing_scope')
    return new JitError('directoryRights', { directory: SLACK, what, right }, { cause: error });
  // Where Slack had said it before, it was not asked again.
  const { retryAfterMs } = slackError(error);
  const extra = { cause: error, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  const why = retryAfterMs === undefined ? say`does not answer` : say`takes no more calls for now`;
  return new JitError('directoryAway', { directory: SLACK, why }, extra);
}

import { JitError } from '../../../src/core/errors/errors.ts';
import { say } from '../../../src/core/language/say.ts';
import type { GroupSubject } from '../../../src/core/people/person.ts';
import type { Clock } from '../../../src/kit/clock.ts';
import type { Accounts } from '../../../src/ports/accounts.ts';
import { isAwayNow } from './absence.ts';
import { type Graph, type GraphRefusal, graphOf } from './graph.ts';
import { groupsOf } from './groups.ts';
import type { EntraSettings } from './settings.ts';
import { accountOf, SELECT } from './user.ts';
import { ENTRA } from './wire.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** The manager, and theirs: as far as a policy can mean somebody. */
const LEVELS = 2;

/**
 * People of Entra ID, through Microsoft Graph v1.0, by object id alone. Whatever decides is read where Graph is consistent:
 * users, `/manager` and `checkMemberGroups`, never an advanced query.
 *
 * @param asked the groups that policies name: membership of others is not looked up
 */
export function entraAccounts(
  settings: EntraSettings,
  asked: readonly GroupSubject[],
  clock: Pick<Clock, 'now' | 'pause'>,
): Accounts {
  const graph = graphOf(settings, clock);
  const groups = groupsOf(graph, asked);
  const { guests = false, absence = 'none' } = settings;
  return {
    from: 'entra',
    async account(id) {
      if (!UUID.test(id)) return undefined;
      const [user, chain, member, away] = await Promise.all([
        graph.call({ path: `/users/${id}`, query: { $select: SELECT } }),
        chainOf(graph, id),
        groups.of(id),
        absence === 'mailbox' ? isAwayNow(graph, id, clock.now()) : undefined,
      ]);
      if (!('body' in user)) return gone(user);
      const account = accountOf(user.body);
      const inAws = nameOf(user.body, settings.identityCenter);
      const [manager, ...above] = chain;
      const isOutside = account.guest && !guests;
      return {
        ...account,
        ...(isOutside ? { attributes: {} } : {}),
        ...(manager === undefined ? {} : { manager }),
        ...(above.length > 0 ? { above } : {}),
        ...(inAws === undefined ? {} : { identityCenter: inAws }),
        groups: isOutside ? [] : member,
        ...(away === undefined ? {} : { away }),
      };
    },
    ...(absence === 'mailbox' ? { away: (id: string) => isAwayNow(graph, id, clock.now()) } : {}),
    async byMail(mail) {
      const query = { $filter: `mail eq '${mail.replaceAll("'", "''")}'`, $select: SELECT, $top: '2' };
      const found = await graph.list({ path: '/users', query });
      if (!('all' in found)) return gone(found);
      const [first, second] = found.all;
      if (second !== undefined)
        throw new JitError('personTwice', { name: mail, why: say`${ENTRA} has several accounts with this address` });
      return first === undefined ? undefined : { ...accountOf(first), groups: [] };
    },
    async members(group) {
      const accounts = await groups.members(group);
      return accounts.filter((account) => guests || !account.guest);
    },
  };
}

function nameOf(body: Readonly<Record<string, unknown>>, field: EntraSettings['identityCenter'] = 'none') {
  const name = field === 'none' ? undefined : body[field];
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** Nobody there is an answer; a right that is missing is none. */
function gone({ status }: GraphRefusal): undefined {
  if (status === 404) return undefined;
  throw new JitError('directoryRights', { directory: ENTRA, what: 'users', right: 'User.Read.All' });
}

/** The managers, nearest first. Ends where there is none, at a contact, and where it leads in a circle. */
async function chainOf(graph: Graph, id: string): Promise<readonly string[]> {
  const chain: string[] = [];
  for (let at = id; chain.length < LEVELS; ) {
    const found = await graph.call({ path: `/users/${at}/manager`, query: { $select: 'id' } });
    if (!('body' in found)) {
      gone(found);
      break;
    }
    const { '@odata.type': type, id: next } = found.body;
    if (type !== '#microsoft.graph.user' || typeof next !== 'string') break;
    at = next.toLowerCase();
    if (chain.includes(at)) break;
    chain.push(at);
    if (at === id.toLowerCase()) break;
  }
  return chain;
}

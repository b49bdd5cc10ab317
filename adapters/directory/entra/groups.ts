import { JitError } from '../../../src/core/errors/errors.ts';
import { say } from '../../../src/core/language/say.ts';
import type { GroupSubject } from '../../../src/core/people/person.ts';
import type { Account } from '../../../src/ports/accounts.ts';
import type { Graph, GraphRefusal } from './graph.ts';
import { accountOf, SELECT } from './user.ts';
import { away, ENTRA } from './wire.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** "Validate group memberships": ids a call. */
const MOST_IDS = 20;
/** "List group transitive members": items a page. */
const PAGE = '999';

interface Groups {
  /** Those that were asked about that a user is in, nested ones too. */
  of(user: string): Promise<readonly GroupSubject[]>;
  members(group: GroupSubject): Promise<readonly Account[]>;
}

/**
 * Memberships in the groups that policies name. A group that is named by its name is looked for once: names can be changed and
 * are not unique, so another group that takes the name later is not followed until the next start.
 */
export function groupsOf(graph: Graph, asked: readonly GroupSubject[]): Groups {
  const words = asked.filter((word) => word.startsWith('entra:'));
  const ids = new Map<GroupSubject, Promise<string>>();
  const idOf = (word: GroupSubject): Promise<string> => {
    const known = ids.get(word) ?? lookUp(graph, word);
    ids.set(word, known);
    known.catch(() => ids.delete(word));
    return known;
  };
  return {
    async of(user) {
      const wanted = await Promise.all(words.map(async (word) => ({ word, id: await idOf(word) })));
      const all = [...new Set(wanted.map(({ id }) => id))];
      const chunks = Array.from({ length: Math.ceil(all.length / MOST_IDS) }, (_, i) =>
        all.slice(i * MOST_IDS, (i + 1) * MOST_IDS),
      );
      const found = await Promise.all(chunks.map((chunk) => check(graph, user, chunk)));
      const member = new Set(found.flat());
      return wanted.filter(({ id }) => member.has(id)).map(({ word }) => word);
    },
    async members(group) {
      // Somebody may be listed only where their own record would show it: a tag may name any group.
      if (!words.includes(group)) return [];
      const path = `/groups/${await idOf(group)}/transitiveMembers/microsoft.graph.user`;
      const query = { $select: SELECT, $count: 'true', $top: PAGE };
      const found = await graph.list({ path, query, eventual: true });
      // A group that is gone has nobody in it.
      if (!('all' in found)) return refused(found);
      return found.all.map((user) => ({ ...accountOf(user), groups: [group] }));
    },
  };
}

async function check(graph: Graph, user: string, groupIds: readonly string[]): Promise<readonly string[]> {
  const found = await graph.call({ path: `/users/${user}/checkMemberGroups`, body: { groupIds } });
  if (!('body' in found)) return refused(found);
  const { value } = found.body;
  if (!Array.isArray(value)) throw away(say`gives memberships that cannot be read`);
  return value.map((id) => String(id).toLowerCase());
}

/** `entra:sre` into the object id. Throws `groupUnknown` when none or several have the name. */
async function lookUp(graph: Graph, word: GroupSubject): Promise<string> {
  const named = word.slice('entra:'.length);
  if (UUID.test(named)) return named.toLowerCase();
  const $filter = `displayName eq '${named.replaceAll("'", "''")}'`;
  const found = await graph.list({ path: '/groups', query: { $filter, $select: 'id,displayName', $top: '2' } });
  const all = 'all' in found ? found.all : refused(found);
  const id = (all[0] as { readonly id?: unknown } | undefined)?.id;
  if (all.length !== 1 || typeof id !== 'string')
    throw new JitError('groupUnknown', { group: word, directory: ENTRA, count: all.length > 1 ? 'several' : 'no' });
  return id.toLowerCase();
}

function refused({ status }: GraphRefusal): readonly never[] {
  if (status === 404) return [];
  throw new JitError('directoryRights', { directory: ENTRA, what: 'groups', right: 'GroupMember.Read.All' });
}

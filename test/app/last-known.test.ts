import { describe, expect, it } from 'vitest';
import { withLastKnown } from '../../adapters/directory/last-known.ts';
import { MergedDirectory } from '../../adapters/directory/merged.ts';
import type { Deps } from '../../src/app/deps.ts';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { keepLastKnown } from '../../src/app/loops/last-known.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Subject } from '../../src/core/people/person.ts';
import type { Account, Accounts } from '../../src/ports/accounts.ts';
import type { Directory } from '../../src/ports/directory.ts';
import type { KnownPerson } from '../../src/ports/last-known.ts';
import { approved } from './approved.ts';
import { SENDER } from './fixtures.ts';

const OID = '7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d';
const SAM: Account = { id: OID, name: 'Sam Haddad', disabled: false, guest: false, groups: ['entra:secops'] };
const AWAY = new JitError('directoryAway', { directory: 'Entra ID', why: 'does not answer' });

/** A process on this store, with Entra there or away. */
function started(
  made: Pick<Awaited<ReturnType<typeof approved>>, 'deps' | 'clock'>,
  options: {
    readonly isAway: boolean;
    readonly security: Subject;
    readonly kept: KnownPerson[];
    readonly groups?: ReadonlyMap<string, readonly string[]>;
  },
) {
  const { isAway, security, kept, groups = new Map() } = options;
  const entra: Accounts = {
    from: 'entra',
    account: async (id) => {
      if (isAway) throw AWAY;
      return id === OID ? SAM : undefined;
    },
    members: async (group) => {
      if (isAway) throw AWAY;
      return group === 'entra:secops' ? [SAM] : [];
    },
  };
  const merged = new MergedDirectory({
    people: [],
    map: new Map([['U7', OID]]),
    mailDomains: [],
    entra,
    groups,
    chats: ['slack'],
    keptMs: 300_000,
    now: made.clock.now,
  });
  const lastKnown = {
    keep: async (people: readonly KnownPerson[]) => void kept.splice(0, kept.length, ...people),
    all: async () => kept,
  };
  const deps: Deps = {
    ...made.deps,
    directory: withLastKnown(merged, lastKnown),
    lastKnown,
    rules: { ...made.deps.rules, security: [security] },
  };
  const close = async (id: string, user = 'U7') => {
    const { lines, refused } = await inbox(deps).command(
      { ...SENDER, user, key: `k-${user}` },
      `revoke ${id} because gone`,
    );
    return { refused, said: lines.map(plain).join(' ') };
  };
  return { deps, close };
}

describe('in a new process, while Entra is away', () => {
  it('security closes, as it was known last; nobody else does, and nobody opens', async () => {
    const made = await approved();
    const kept: KnownPerson[] = [];
    const about = { security: 'entra:secops' as const, kept };
    await keepLastKnown(started(made, { ...about, isAway: false }).deps);
    expect(kept).toMatchObject([{ id: OID, slack: 'U7', groups: ['entra:secops'] }]);
    const { deps, close } = started(made, { ...about, isAway: true });
    // It cannot be read, and what is kept stays.
    await keepLastKnown(deps);
    expect(kept).toHaveLength(1);
    const [request] = await deps.store.live(1);
    const id = request?.id ?? '';
    expect(await close(id, 'U8')).toMatchObject({ refused: true });
    const { lines, refused } = await inbox(deps).command({ ...SENDER, user: 'U7', key: 'k9' }, `approve ${id}`);
    expect([refused, lines.map(plain).join(' ')]).toEqual([true, expect.stringContaining('Entra ID')]);
    expect(await close(id)).toMatchObject({ refused: false });
    expect((await deps.store.load(id)).request?.status).toBe('closing');
  });

  it('security of the file closes, without anything kept', async () => {
    const made = await approved();
    const groups = new Map([['security', [OID]]]);
    const { deps, close } = started(made, { isAway: true, security: 'group:security', kept: [], groups });
    const [request] = await deps.store.live(1);
    expect(await close(request?.id ?? '')).toMatchObject({ refused: false });
  });

  it('nobody closes by what is kept who is in it no more, once Entra answers', async () => {
    const made = await approved();
    const kept: KnownPerson[] = [{ id: OID, name: 'Sam', slack: 'U7', groups: ['entra:other'] }];
    const { deps, close } = started(made, { isAway: false, security: 'entra:other', kept });
    const [request] = await deps.store.live(1);
    expect(await close(request?.id ?? '')).toMatchObject({ refused: true });
    await keepLastKnown(deps);
    expect(kept).toEqual([]);
  });
});

describe('what was kept of those who may always close', () => {
  it('is read once for a crowd, again after five seconds, and again at once where it could not be read', async () => {
    let [reads, now, isAway] = [0, 0, true];
    const nobody = async () => [];
    const directory = withLastKnown(
      {
        person: async () => ({ id: 'sam', name: 'Sam', groups: [] }),
        byId: async (id: string) => ({ id, name: id, groups: [] }),
        members: nobody,
        find: async () => undefined,
        accountOf: () => undefined,
        reach: nobody,
      } as unknown as Directory,
      {
        all: async () => {
          reads += 1;
          if (isAway) throw new Error('Redis is away');
          return [{ id: 'sam', name: 'Sam', slack: 'U7', groups: ['security'] }];
        },
      },
      () => now,
    );
    const groups = async () => (await directory.byId('sam', 'last'))?.groups;
    expect([await groups(), await groups(), reads]).toEqual([[], [], 2]);
    isAway = false;
    expect(await Promise.all(Array.from({ length: 50 }, groups))).toEqual(
      Array.from({ length: 50 }, () => ['security']),
    );
    expect([(await directory.person('slack', 'U7', 'last'))?.groups, reads]).toEqual([['security'], 3]);
    now = 5_000;
    expect([await groups(), reads]).toEqual([['security'], 4]);
  });
});

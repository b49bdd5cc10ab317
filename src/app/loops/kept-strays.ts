import { type LookedThrough, type Strays, straysOf } from '../../core/request/stray.ts';
import { placementKey } from '../../core/rule/rule.ts';
import type { Deps } from '../deps.ts';

type ListDeps = Pick<Deps, 'store' | 'log'>;

interface StrayList {
  /** Keeps what one cloud showed. Gives whether that is all of it, and kept. */
  add(looked: LookedThrough): Promise<boolean>;
}

/** The list of rules without a record, while a patrol goes through so many clouds. */
export async function strayList(deps: ListDeps, clouds: number): Promise<StrayList> {
  const before = await listNow(deps);
  const all: LookedThrough[] = [];
  return {
    async add(looked) {
      all.push(looked);
      const isLast = all.length === clouds;
      const isKept = await inTurn(deps.store, () => keep(deps, all, { before, isLast }));
      return isKept && looked.isWhole && looked.doubtful.size === 0;
    },
  };
}

/** For the list alone: where it cannot be kept, nothing that was closed is less closed. */
async function keep(
  { store, log }: ListDeps,
  all: readonly LookedThrough[],
  { before, isLast }: { readonly before: Strays | undefined; readonly isLast: boolean },
): Promise<boolean> {
  try {
    // A patrol that takes long may outlast the list.
    const found = straysOf(all, { now: (await store.strays()) ?? before, before: keysOf(before), isLast });
    if (isLast && found.count > 0)
      log.warn({ count: found.count }, 'rules with our mark are open, and no request is known for them');
    await store.keepStrays(found);
    return true;
  } catch (error) {
    log.error({ error }, 'what the patrol found could not be kept');
    return false;
  }
}

async function listNow({ store, log }: ListDeps): Promise<Strays | undefined> {
  try {
    return await store.strays();
  } catch (error) {
    log.warn({ error }, 'the list of rules without a record could not be read');
    return undefined;
  }
}

function keysOf(found: Strays | undefined): ReadonlySet<string> {
  return new Set(found?.rules.map(({ placement }) => placementKey(placement)));
}

/** Takes these off the list as it is now: a patrol may have put others on it meanwhile. */
export async function dropStrays({ store }: Pick<Deps, 'store'>, keys: ReadonlySet<string>): Promise<void> {
  await inTurn(store, async () => {
    const found = await store.strays();
    if (!found || keys.size === 0) return;
    const rules = found.rules.filter(({ placement }) => !keys.has(placementKey(placement)));
    const dropped = found.rules.length - rules.length;
    if (dropped > 0) await store.keepStrays({ ...found, rules, count: found.count - dropped });
  });
}

const turns = new WeakMap<Deps['store'], Promise<unknown>>();

/** Whoever reads the list and writes it back does so alone in this process: each goes by what the one before has kept. */
function inTurn<T>(store: Deps['store'], work: () => Promise<T>): Promise<T> {
  const before = turns.get(store) ?? Promise.resolve();
  const done = before.then(work, work);
  turns.set(store, done);
  return done;
}

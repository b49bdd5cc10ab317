import { JitError, sayOf } from '../../core/errors/errors.ts';
import { DAY_MS, type Instant } from '../../core/language/instant.ts';
import { stayText } from '../../core/machine/lockdown.ts';
import type { Machine, MachineId } from '../../core/machine/machine.ts';
import { type AskedPage, type ClosingChange, CONSENT_MS, itemsOf } from '../../core/policy/consent.ts';
import { lockedPorts } from '../../core/policy/held.ts';
import { consentPage } from '../../core/view/consent-page.ts';
import type { HeldNews } from '../../core/view/held.ts';
import { codeOf as errorCode, note } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { cloudFor } from '../machine/cloud.ts';
import { refuseLeased } from '../machine/leased.ts';
import { askedPlaces, closingOn, keepPage } from '../protect/consent.ts';
import { factsOf } from '../protect/facts.ts';
import { whileProtecting } from '../protect/hold.ts';
import { CLOSE_MS, lockDown } from '../protect/lock-down.ts';
import { tellPlaces } from '../protect/news.ts';

const LOOK_MS = 15_000;
/** What could not be closed is tried again after so long. */
const AGAIN_MS = DAY_MS;
const TOLD_MS = 30 * DAY_MS;

/** What a turn is about. */
interface Turn {
  /** Machines that are looked at now, the one whose look is the oldest first. */
  readonly due: readonly Machine[];
  /** All that there are; undefined while some could not be read. */
  readonly known?: ReadonlySet<MachineId>;
  /** So many machines are closed, or asked about, at most. */
  readonly most: number;
}

/**
 * Closes what the configuration wants closed, and only what somebody agreed to after it was shown: what nobody saw yet becomes a
 * page at the places of its entry. Each thing that a page says is agreed to for one time: what is opened again is asked again.
 */
export function locker(deps: Deps): (turn: Turn, signal: AbortSignal) => Promise<readonly HeldNews[]> {
  const failed = new Map<string, number>();
  return async ({ due, known, most }, signal) => {
    const { at } = await deps.store.now();
    const pages = (await deps.records.pages()).filter((page) => at - page.at < CONSENT_MS);
    const found = await lookAt(deps, due, signal);
    const agreed = digestsOf(pages.filter((page) => page.agreed));
    const asked = digestsOf(pages);
    const ready = found.filter(({ change }) => every(change, agreed));
    const news: HeldNews[] = [];
    let left = most;
    for (const { change } of ready) {
      if (signal.aborted || left === 0) break;
      const said = await closeOne(deps, change, { pages, agreed, failed });
      if (said) news.push(said);
      if (said?.what === 'locked') left -= 1;
    }
    const unseen = found.flatMap(({ change }) => (every(change, asked) ? [] : [change])).slice(0, left);
    for (const [entry, changes] of Map.groupBy(unseen, (change) => change.entry)) await askFor(deps, entry, changes);
    const closed = new Set(news.flatMap((one) => (one.what === 'locked' ? [one.machine.id] : [])));
    await tidyPages(deps, { found, closed, at, ...(known ? { known } : {}) });
    return news;
  };
}

interface Found {
  readonly change: ClosingChange;
}

async function lookAt(deps: Deps, due: readonly Machine[], signal: AbortSignal): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const machine of due) {
    if (signal.aborted) break;
    if (lockedPorts(deps.rules.protections ?? [], machine).length === 0) continue;
    try {
      const change = await closingOn(deps, machine, AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)]));
      if (change) found.push({ change });
    } catch (error) {
      deps.log.info(
        { machine: machine.id, error },
        'what a lockdown of the configuration would close could not be read',
      );
    }
  }
  return found;
}

function digestsOf(pages: readonly AskedPage[]): ReadonlySet<string> {
  return new Set(pages.flatMap(({ items }) => items.map(({ digest }) => digest)));
}

/** Is all that would be closed among these? */
function every(change: ClosingChange, digests: ReadonlySet<string>): boolean {
  return itemsOf(change).every(({ digest }) => digests.has(digest));
}

interface Agreed {
  readonly pages: readonly AskedPage[];
  readonly agreed: ReadonlySet<string>;
  readonly failed: Map<string, number>;
}

async function closeOne(deps: Deps, change: ClosingChange, agreement: Agreed): Promise<HeldNews | undefined> {
  const items = itemsOf(change);
  const { machine, entry } = change;
  const { agreed, pages, failed } = agreement;
  const key = items.map(({ digest }) => digest).join(' ');
  const before = failed.get(key);
  const isTriedLately = before !== undefined && deps.monotonic() - before < AGAIN_MS;
  if (items.length === 0 || isTriedLately || (await isLeased(deps, machine))) return undefined;
  const page = pages.find((one) => one.agreed && one.items.some(({ digest }) => digest === items[0]?.digest));
  try {
    return await closeUnderLock(deps, change, { agreed, code: page?.code ?? '' });
  } catch (error) {
    deps.log.warn({ machine: machine.id, error }, 'standing rules could not be closed as the configuration says');
    if (mayPass(error)) return undefined;
    failed.set(key, deps.monotonic());
    const { text: say } = sayOf(error, 'in the log');
    const isNew = await deps.store.once(`held:unlocked:${machine.id}:${key}:${say}`, TOLD_MS);
    return isNew ? { machine, what: 'unlocked', ports: change.ports, entry, say } : undefined;
  }
}

/** Under the locks of all that is edited it is read once more: what is not what somebody agreed to becomes a page. */
async function closeUnderLock(
  deps: Deps,
  { machine, entry }: ClosingChange,
  { agreed, code }: { readonly agreed: ReadonlySet<string>; readonly code: string },
): Promise<HeldNews | undefined> {
  const work = async (signal: AbortSignal): Promise<HeldNews | undefined> => {
    await refuseLeased(deps, machine);
    const now = await closingOn(deps, machine, signal);
    if (!now || now.plan.remedies.length === 0 || !every(now, agreed)) return undefined;
    const why = `protections: ${entry}; agreed to on page ${code}`;
    const attempt = { event: 'lock down', by: 'configuration', as: 'patrol', way: 'close', page: code, why } as const;
    const state = await cloudFor(deps, machine.id).look(machine.id, signal);
    const { ports } = now;
    const { stays = [] } = await lockDown(deps, { ...attempt, ...factsOf(machine) }, { state, ports }, signal);
    return { machine, what: 'locked', ports, entry, page: code, stays: stays.map(stayText) };
  };
  return whileProtecting(deps, machine, work, { forMs: CLOSE_MS, locksDown: true });
}

async function isLeased(deps: Deps, machine: Machine): Promise<boolean> {
  try {
    await refuseLeased(deps, machine);
    return false;
  } catch (error) {
    if (error instanceof JitError && error.code === 'stillLeased') return true;
    throw error;
  }
}

function mayPass(error: unknown): boolean {
  if (!(error instanceof JitError)) return errorCode(error) !== 'bug';
  return ['busy', 'unjudged'].includes(error.kind) || ['machineGone', 'stillLeased'].includes(error.code);
}

/** A page that no place took was shown to nobody. */
async function askFor(deps: Deps, entry: string, changes: readonly ClosingChange[]): Promise<void> {
  const page = await keepPage(deps, entry, changes);
  const told = await tellPlaces(deps, consentPage(changes, { code: page.code, entry }), askedPlaces(deps, entry));
  if (told === 0) return deps.records.dropPage(page.code);
  const why = `protections: ${entry}`;
  await note(deps, { event: 'consent', outcome: 'shown', by: 'configuration', as: 'patrol', page: page.code, why });
}

interface Seen {
  readonly found: readonly Found[];
  readonly closed: ReadonlySet<MachineId>;
  readonly known?: ReadonlySet<MachineId>;
  readonly at: Instant;
}

/** What is not open any more, was closed, or is too old is taken off the pages; empty ones go. */
async function tidyPages(deps: Deps, { found, closed, known, at }: Seen): Promise<void> {
  const open = new Map(
    found.map(({ change }) => [change.machine.id, new Set(itemsOf(change).map(({ digest }) => digest))]),
  );
  for (const { agreed: _, ...page } of await deps.records.pages()) {
    const items = page.items.filter(({ machine, digest }) => {
      if (closed.has(machine) || (known && !known.has(machine))) return false;
      return open.get(machine)?.has(digest) ?? true;
    });
    if (items.length === 0 || at - page.at >= CONSENT_MS) await deps.records.dropPage(page.code);
    else if (items.length < page.items.length) await deps.records.keepPage({ ...page, items });
  }
}

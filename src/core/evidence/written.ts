import { type Instant, MINUTE_MS } from '../language/instant.ts';
import { type CloudName, cloudOf, type MachineId, whereIs } from '../machine/machine.ts';

/** A write to what lets something in, as a cloud's own log has it. */
export interface LoggedWrite {
  readonly cloud: CloudName;
  /** AWS account, or Azure subscription. */
  readonly account: string;
  /** The same, however often the log gives it. */
  readonly id: string;
  /** What the cloud calls the call, as its answer named it. */
  readonly call?: string;
  /** By the cloud's own clock. */
  readonly at: Instant;
  /** As the cloud calls it: `AuthorizeSecurityGroupIngress`. */
  readonly operation: string;
  /** Names of what was written, the cloud's own. */
  readonly resource: string;
  /** As the log names whoever called. */
  readonly caller: string;
  /** From where they called; some calls of the cloud's own have none. */
  readonly address?: string;
  /**
   * `us`: the identity that Drawbridge calls with. `product`: a service of the cloud that writes because it was asked to (Defender
   * for Cloud). `unknown`: nobody can tell which identity Drawbridge has there.
   */
  readonly by: 'us' | 'product' | 'unknown' | 'other';
  /** It can only take away. */
  readonly isRemoval?: true;
}

/** The same with the protected machines around it; none where nobody can tell any more, or there are too many (a firewall). */
export interface WriteAround extends LoggedWrite {
  readonly machines: readonly MachineId[];
}

/** An entry of the audit, as far as it tells when Drawbridge wrote. */
export interface ActSeen {
  readonly at: Instant;
  readonly event: string;
  readonly outcome: string;
  readonly act: string;
  readonly machine: MachineId;
  readonly machineName?: string;
  readonly request?: string;
  readonly startsAt?: Instant;
  /** What the clouds call the calls that they carried out for it. */
  readonly calls?: readonly string[];
}

/** A time in which Drawbridge writes to a cloud because of an entry; without an end it has not come to one. */
export interface Spell {
  readonly machine: MachineId;
  readonly from: Instant;
  readonly to?: Instant;
}

/** The longest that a write takes that is told only after it: a firewall of Azure takes minutes. */
export const WRITE_MS = 10 * MINUTE_MS;
/** How far the clocks of clouds and the store's may be apart. */
export const CLOCKS_MS = 2 * MINUTE_MS;

/** Entries of a request behind which something is written. */
const BEGIN: ReadonlySet<string> = new Set([
  'approved',
  'begun',
  'broke glass',
  'extended',
  'elapsed',
  'revoked',
  'failed',
]);
/** Entries that say that it was. */
const END: ReadonlySet<string> = new Set([
  'opened',
  'remarked',
  'reattached',
  'followed',
  'closed',
  'closed again',
  'sessions cut',
]);
/** What an entry of a request says of a rule in the cloud, which the cloud's log must have a write for. */
const PROVEN: ReadonlySet<string> = new Set(['opened', 'closed']);
/** Acts that belong to no request, with an entry before the first call and one after. */
const ACTS: ReadonlySet<string> = new Set([
  'protect',
  'unprotect',
  'lock down',
  'put back',
  'close found',
  'close all',
  'reattach',
  'detach',
]);

/** What an act is called where a log has no write for it: the same however often it is looked. */
export function unloggedId({ act, event, machine }: Pick<ActSeen, 'act' | 'event' | 'machine'>): string {
  return `${act} ${event} ${machine}`;
}

/** Does an entry tell of writes at all? */
export function tellsOfWrites({ event }: Pick<ActSeen, 'event'>): boolean {
  return BEGIN.has(event) || END.has(event) || ACTS.has(event);
}

/** When Drawbridge wrote, by what the audit says: `acts` in their order. */
export function spellsOf(acts: readonly ActSeen[]): readonly Spell[] {
  const spells: Spell[] = [];
  const open = new Map<string, Spell>();
  const end = (key: string, { machine, at }: ActSeen) => {
    const begun = open.get(key);
    open.delete(key);
    spells.push({ machine, from: begun ? Math.min(begun.from, at) : at - WRITE_MS, to: at });
  };
  for (const act of acts) {
    const key = `${act.request ?? act.act}|${act.machine}`;
    if (begins(act)) open.set(key, open.get(key) ?? { machine: act.machine, from: act.at });
    else if (ends(act)) end(key, act);
  }
  return [...spells, ...open.values()];
}

function begins({ event, outcome, startsAt, at }: ActSeen): boolean {
  if (ACTS.has(event)) return outcome === 'begun';
  // What is to start later is begun by an entry of its own.
  return BEGIN.has(event) && (startsAt === undefined || startsAt <= at || event !== 'approved');
}

function ends({ event, outcome }: ActSeen): boolean {
  return END.has(event) || (ACTS.has(event) && (outcome === 'done' || outcome === 'failed'));
}

/** The clouds' own ids of all calls that the audit names: nobody else was told these. */
export function callsIn(acts: readonly ActSeen[]): ReadonlySet<string> {
  return new Set(acts.flatMap(({ calls = [] }) => calls));
}

/**
 * Is a write one of ours: a call that the audit names, or one that fits by its identity and by what the audit says? An answer that was
 * lost had no id, so that one that is not named may still be ours.
 */
export function isAccounted(write: WriteAround, spells: readonly Spell[], calls?: ReadonlySet<string>): boolean {
  if (write.call !== undefined && calls?.has(write.call)) return true;
  if (write.by === 'other') return false;
  // Defender ends what it opened by itself.
  if (write.by === 'product' && write.isRemoval) return true;
  return spells.some(
    (spell) =>
      isNear(write, spell.machine) &&
      spell.from - CLOCKS_MS <= write.at &&
      (spell.to === undefined || write.at <= spell.to + CLOCKS_MS),
  );
}

/** Entries from `from` on, and before `to`, which say that a rule was written, or taken away, where the log has no write around their machine. */
export function unlogged(
  acts: readonly ActSeen[],
  writes: readonly WriteAround[],
  { from, to }: { readonly from: Instant; readonly to: Instant },
): readonly ActSeen[] {
  return acts.filter(
    (act) =>
      PROVEN.has(act.event) &&
      act.at >= from &&
      act.at < to &&
      !writes.some(
        (write) =>
          (write.call !== undefined && act.calls?.includes(write.call)) ||
          // Whoever took it away, it is gone.
          ((act.event === 'closed' || write.by !== 'other') &&
            isNear(write, act.machine) &&
            write.at >= act.at - WRITE_MS - CLOCKS_MS &&
            write.at <= act.at + CLOCKS_MS),
      ),
  );
}

/** Does a log have the write of an entry at last? Only a write of our own says so; of which both name the call, the same one. */
export function isShown(act: ActSeen, writes: readonly WriteAround[]): boolean {
  const own = writes.filter(({ by }) => by !== 'other');
  const isSame = ({ call }: WriteAround) => call === undefined || !act.calls?.length || act.calls.includes(call);
  return unlogged([act], own.filter(isSame), { from: act.at, to: act.at + 1 }).length === 0;
}

/** Around a machine, or somewhere in its account where nobody can tell. */
function isNear({ machines, cloud, account }: WriteAround, machine: MachineId): boolean {
  return machines.length > 0
    ? machines.includes(machine)
    : cloudOf(machine) === cloud && accountOf(machine) === account;
}

/** The AWS account or Azure subscription of a machine, in lower case. */
export function accountOf(machine: MachineId): string {
  const { account, subscription } = whereIs(machine);
  return (account ?? subscription ?? '').toLowerCase();
}

import { type ActSeen, unloggedId, type WriteAround } from '../../core/evidence/written.ts';
import { DAY_MS, type Instant } from '../../core/language/instant.ts';
import { and, lasting, say } from '../../core/language/say.ts';
import { type Line, plain } from '../../core/language/text.ts';
import { type MachineId, providerIdOf } from '../../core/machine/machine.ts';
import { uniquePlaces } from '../../core/people/place.ts';
import type { Report } from '../../core/view/report.ts';
import type { CloudLog } from '../../ports/write-log.ts';
import type { Deps } from '../deps.ts';
import { newsOf, tellPlaces, tellWays } from '../protect/news.ts';

/** Writes that are told line by line; of more, how many there are. All of them are in the audit. */
const MOST_LINES = 15;
/** Machines that a line names. */
const MOST_NAMED = 3;
/** Longer than a log is read back. */
const KNOWN_MS = 7 * DAY_MS;

type NewsDeps = Pick<Deps, 'audit' | 'chats' | 'log' | 'rules' | 'store' | 'ways'>;

/** Something to be told once, with its entry in the audit. */
interface Item {
  /** The same however often it is found. */
  readonly id: string;
  readonly line: Line;
  readonly entry: {
    readonly event: 'foreign write' | 'unlogged' | 'logged late';
    readonly machine?: MachineId;
    readonly source?: string;
    readonly request?: string;
    readonly why: string;
  };
}

/** Tells the operators of writes that nothing accounts for, each once; gives those that nobody took. */
export async function tellWrites(
  deps: NewsDeps,
  log: CloudLog,
  writes: readonly WriteAround[],
  now: Instant,
): Promise<readonly WriteAround[]> {
  const [newest] = writes.toSorted((a, b) => b.at - a.at);
  if (!newest) return [];
  const items = writes.toSorted((a, b) => a.at - b.at).map((write) => itemOf(log, write));
  const after: Line = [
    say`${log.name} shows what happened up to ${lasting(log.lagMs)} later; the last of these was found after ${lasting(now - newest.at)}.`,
    ' ',
    say`If nobody of yours did this, undo it in the cloud, and look who can write there.`,
  ];
  const title = say`Changed past Drawbridge: ${log.name}`;
  return (await tellOnce(deps, { title, items, after })) ? [] : writes;
}

/** Tells the operators of entries of the audit for which a cloud's log has no write; gives those that nobody took. */
export async function tellUnlogged(
  deps: NewsDeps,
  log: CloudLog,
  acts: readonly ActSeen[],
): Promise<readonly ActSeen[]> {
  if (acts.length === 0) return [];
  const items = acts.map((act): Item => {
    const why = `${log.name} has no write for “${act.event}” (${act.act})`;
    return { id: unloggedId(act), line: saidBy(act), entry: { event: 'unlogged', ...aboutOf(act), why } };
  });
  const after: Line = [
    say`Drawbridge read back from the cloud what it did; its log lacks the write ${lasting(log.lagMs)} later. Nobody can tell why: compare both, and who may change what is logged there.`,
  ];
  return (await tellOnce(deps, { title: say`Not in the log of ${log.name}`, items, after })) ? [] : acts;
}

/** Tells them of those whose write the log shows at last: it was late, and nothing is wrong. Gives those that nobody took. */
export async function tellLogged(deps: NewsDeps, log: CloudLog, acts: readonly ActSeen[]): Promise<readonly ActSeen[]> {
  if (acts.length === 0) return [];
  const items = acts.map((act): Item => {
    const why = `${log.name} has the write for “${act.event}” (${act.act}) after all`;
    return { id: `late ${unloggedId(act)}`, line: saidBy(act), entry: { event: 'logged late', ...aboutOf(act), why } };
  });
  const after: Line = [say`The log told it late. Nothing has to be done.`];
  return (await tellOnce(deps, { title: say`In the log of ${log.name} after all`, items, after })) ? [] : acts;
}

function saidBy({ act, event, request, machine, machineName, at }: ActSeen): Line {
  const name = machineName ?? providerIdOf(machine);
  return [say`Request \`${request ?? act}\` was ${event} on ${name} (${{ at }}), says the audit.`];
}

function aboutOf({ machine, request }: ActSeen): Pick<Item['entry'], 'machine' | 'request'> {
  return { machine, ...(request === undefined ? {} : { request }) };
}

function itemOf(log: CloudLog, write: WriteAround): Item {
  const { caller, address, operation, resource, at, machines } = write;
  const names = machines.slice(0, MOST_NAMED).map(nameOf);
  const more = machines.length - names.length;
  const all = more > 0 ? [...names, say`${more} more`] : names;
  const line: Line = [
    address === undefined
      ? say`${caller}: ${operation} of ${resource}`
      : say`${caller} from ${address}: ${operation} of ${resource}`,
    ' (',
    { at },
    ')',
    all.length > 0 ? say`, in front of ${and(all)}` : '',
    write.by === 'other' ? '.' : say`. That is the identity of Drawbridge, or may be: its audit has no entry for it.`,
  ];
  const [machine] = machines;
  const facts = { ...(machine ? { machine } : {}), ...(address === undefined ? {} : { source: address }) };
  return { id: write.id, line, entry: { event: 'foreign write', ...facts, why: `${log.name}: ${plain(line)}` } };
}

/** `web-1`; an instance's id. */
function nameOf(machine: MachineId): string {
  return providerIdOf(machine).split(/[/:]/).at(-1) ?? machine;
}

interface News {
  readonly title: Report['title'];
  readonly items: readonly Item[];
  readonly after: Line;
}

/** False where it was news, and nobody took it: it is to be told again. */
async function tellOnce(deps: NewsDeps, { title, items, after }: News): Promise<boolean> {
  const { store, audit, rules } = deps;
  const fresh: Item[] = [];
  for (const item of items) if ((await store.firstSaid(keyOf(item), 'begun', KNOWN_MS)) === 'begun') fresh.push(item);
  if (fresh.length === 0) return true;
  for (const { id, entry } of fresh)
    await audit.record({ act: `log-${id}`, outcome: 'done', by: 'drawbridge', as: 'patrol', ...entry });
  const shown = fresh.slice(0, MOST_LINES).map(({ line }) => ({ line, isLong: true as const }));
  const rest = fresh.length - shown.length;
  const event = fresh[0]?.entry.event ?? 'foreign write';
  const rows = [
    ...shown,
    ...(rest > 0 ? [{ line: [say`And ${rest} more: \`jit audit export --event "${event}"\`.`] }] : []),
    { line: after },
  ];
  const report: Report = { title, sections: [{ heading: '', rows }] };
  deps.log.warn(
    { writes: fresh.map(({ entry }) => entry.why).slice(0, MOST_LINES) },
    'the log of a cloud and the audit differ',
  );
  const places = uniquePlaces(rules.operators ?? []);
  const isInChat = places.length > 0 && (await tellPlaces(deps, report, places)) > 0;
  // With no place and no way, the log and the audit alone have it.
  const hasNone = places.length === 0 && (deps.ways ?? []).length === 0;
  const isTold = isInChat || hasNone || (await tellWays(deps, newsOf(deps, report))) > 0;
  if (!isTold) return false;
  for (const item of fresh) {
    await store.unsaid(keyOf(item));
    await store.firstSaid(keyOf(item), 'done', KNOWN_MS);
  }
  return true;
}

function keyOf({ id }: Item): string {
  return `cloud log: ${id}`;
}

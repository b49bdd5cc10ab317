import { JitError } from '../../core/errors/errors.ts';
import { SECOND_MS } from '../../core/language/instant.ts';
import { nearWord } from '../../core/language/near-word.ts';
import { say } from '../../core/language/say.ts';
import type { Line } from '../../core/language/text.ts';
import { weightOf } from '../../core/language/weight.ts';
import { isMeant, type Person } from '../../core/people/person.ts';
import { knownDeciders } from '../../core/policy/approval.ts';
import { membersIn } from '../../core/request/group.ts';
import { isTheirs } from '../../core/request/on-behalf.ts';
import { isCurrent } from '../../core/request/record.ts';
import { isRequestId, type Request } from '../../core/request/request.ts';
import { portText } from '../../core/rule/port.ts';
import { viewOf } from '../../core/view/projection.ts';
import { fromText, lowered, nameOf, namesAmong, who } from '../../core/view/words.ts';
import type { Finding } from '../../ports/store.ts';
import { noteRead } from '../audit/read.ts';
import type { Deps } from '../deps.ts';
import { noRequest } from '../machine/no-request.ts';
import { type Closer, isSecurity, mustBeSecurity } from '../request/end.ts';
import { leftoverLines } from './leftovers.ts';
import { calledNow, otherwiseCalled } from './otherwise-called.ts';
import { strayNews } from './strays.ts';

const MOST_LISTED = 20;

/** So many are read of each list: of their own, which the limits keep shorter, and of what they may decide. */
const MOST_READ = 500;

const MOST_NEWEST = 200;

/** Whoever closes everything sees all that is open, however much it is. */
const MOST_OPEN = 100_000;

/**
 * What is not over and this person asked for or may decide, the newest first: found by the person, by the policies that let
 * them decide whoever asks, and by whom they were asked for; however many others there are. Of a machine alone, by its name.
 */
export async function listFor(deps: Deps, person: Person, machineName?: string): Promise<readonly Request[]> {
  const deciding = deps.rules.policies.filter((policy) => isMeant(person, knownDeciders([policy])));
  const findings: readonly Finding[] =
    machineName === undefined
      ? [
          { by: 'requester', which: person.id },
          { by: 'asked', which: person.id },
          ...deciding.map(({ name }) => ({ by: 'policy', which: name }) as const),
        ]
      : [
          { by: 'requester', which: person.id },
          { by: 'machineName', which: machineName },
        ];
  // Whoever became somebody's manager since was asked for none of it: the newest of all are looked through, too.
  const newest = machineName === undefined ? deps.store.live(MOST_NEWEST) : [];
  // Asked at once: one after the other they would be as many times to wait.
  const lists = await Promise.all([newest, ...findings.map((finding) => deps.store.find(finding, MOST_READ))]);
  const found = new Map(lists.flat().map((request) => [request.id, request]));
  const seen: Request[] = [];
  for (const request of found.values()) {
    if (isCurrent(request) && (await concerns(deps, person, request))) seen.push(request);
  }
  return seen.sort(glassFirst);
}

/** All that is open, and the newest of what else is not over: of all machines, or of those of a name. */
export async function everything(deps: Deps, machineName?: string): Promise<readonly Request[]> {
  const found = new Map<string, Request>();
  const some =
    machineName === undefined
      ? deps.store.live(MOST_READ)
      : deps.store.find({ by: 'machineName', which: machineName }, MOST_READ);
  const lists = [some, deps.store.find({ by: 'state', which: 'open' }, MOST_OPEN)];
  for (const list of await Promise.all(lists)) for (const request of list) found.set(request.id, request);
  return [...found.values()].filter(isCurrent).sort(glassFirst);
}

/** What nobody approved, then the newest; of one command in the order in which they were named. */
function glassFirst(a: Request, b: Request): number {
  const isGlass = ({ breakGlass }: Request) => Number(breakGlass !== undefined);
  const named = a.together?.id === b.together?.id ? nthOf(a) - nthOf(b) : 0;
  return isGlass(b) - isGlass(a) || b.askedAt - a.askedAt || named || (a.id < b.id ? 1 : -1);
}

function nthOf(request: Request): number {
  return membersIn(request)?.indexOf(request.id) ?? 0;
}

/** Is it theirs, or could they decide it? */
export async function concerns(deps: Deps, person: Person, request: Request): Promise<boolean> {
  if (isTheirs(request, person.id) || request.asked.some(({ id }) => id === person.id)) return true;
  const requester = await deps.directory.byId(request.requester.id, 'last');
  const policies = deps.rules.policies.filter(({ name }) => request.policies.includes(name));
  return isMeant(person, knownDeciders(policies), requester);
}

/** Does any policy let this person request anything, whatever the machine, be it for somebody else? */
export function mayRequest({ rules }: Pick<Deps, 'rules'>, person: Person): boolean {
  const isFor = rules.policies.some(({ who, onBehalf }) => onBehalf || isMeant(person, who));
  return isFor || (rules.breakGlass ?? []).some(({ who }) => isMeant(person, who));
}

/** `/jit list`, one line a request: all that concerns somebody, or their own. */
export async function listLines(deps: Deps, person: Person, whose?: 'mine'): Promise<readonly Line[]> {
  const [all, { lines: strays, unsaid }] = await Promise.all([listFor(deps, person), strayNews(deps, person)]);
  const own = ({ requester }: Request) => requester.id === person.id;
  const requests = whose === undefined ? all : all.filter(own);
  if (requests.length === 0 && strays.length > 0) return strays;
  if (requests.length === 0) {
    return [
      mayRequest(deps, person)
        ? [say`You have no open or pending requests. To request access: \`/jit request <machine> because <reason>\`.`]
        : [say`You have no open or pending requests, and nothing waits for your decision.`],
      ...(unsaid ? [unsaid] : []),
    ];
  }
  const lines = requests.slice(0, MOST_LISTED).map((request) => openLine(request, person));
  const more = requests.length > MOST_LISTED ? [[say`… and ${requests.length - MOST_LISTED} more.`]] : [];
  return [...lines, ...more, ...strays];
}

/** One request in a line; whose it is where that is not the reader. */
export function openLine(request: Request, reader?: Person): Line {
  const ports = request.ports.map(portText).join(', ');
  const own = request.requester.id === reader?.id ? [] : [say` for ${who(request.requester)}`];
  return [
    say`\`${request.id}\`  ${nameOf(request)}  ${ports} from ${fromText(request)}${own}${request.drill ? [say` (drill)`] : []}${request.breakGlass ? [say` (break-glass)`] : []} — ${viewOf(request).status}`,
  ];
}

/** `/jit list all`, and `jit list`: whatever is open or waits, whoever's it is, `most` of it. Throws `notSecurity`. */
export async function everythingLines(deps: Deps, closer: Closer, most = MOST_LISTED): Promise<readonly Line[]> {
  const { requests, notes, strays } = await everythingRead(deps, closer);
  const lines = requests.slice(0, most).map((request) => openLine(request));
  const more = requests.length > most ? [[say`… and ${requests.length - most} more.`]] : [];
  const none = requests.length + strays === 0 ? [[say`Nothing is open, and nothing waits for a decision.`]] : [];
  return [...none, ...lines, ...more, ...notes];
}

/** The same as requests, and what else there is to say: `strays` of the notes are of rules that no request holds. Throws `notSecurity`. */
export async function everythingRead(deps: Deps, closer: Closer) {
  mustBeSecurity(deps, closer);
  const [acting, as] =
    'id' in closer ? [deps.acting ?? { person: closer }, 'security' as const] : [closer, 'commandLine' as const];
  await noteRead(deps, { by: acting, as, why: 'everything that is open or waits' });
  const requests = await everything(deps);
  const [{ lines: strays, unsaid }, leftovers] = await Promise.all([strayNews(deps, 'everybody'), leftoverLines(deps)]);
  const notes: readonly Line[] = [...strays, ...leftovers, ...(unsaid ? [unsaid] : [])];
  return { requests, notes, strays: strays.length };
}

/** With those whose machine is called so by now. Of one that was called so nobody has to look whether another is, to say what stands against it. */
async function alsoCalled(deps: Deps, typed: string, so: readonly Request[], theirs: readonly Request[]) {
  try {
    const others = await otherwiseCalled(deps, typed, theirs);
    return [...so, ...others.filter(({ id }) => !so.some((one) => one.id === id))];
  } catch (error) {
    if (so.length > 0) return so;
    throw error;
  }
}

interface Named {
  /** Those whose machine was called so when they were made. */
  readonly so: readonly Request[];
  /** Whatever can be meant, by whatever name. */
  readonly all: readonly Request[];
  readonly verb: string;
  readonly fits: (request: Request) => boolean;
}

/** A closing waits no longer for what machines are called now. */
const SOON_MS = 2 * SECOND_MS;

/**
 * Those that a name stands for. Names go from machine to machine, as in a swap of blue and green: it stands for what is called so now
 * before what was called so once. Where one machine alone can be meant, or nobody can tell, nothing is asked of the clouds, or made of it.
 */
async function named(deps: Deps, typed: string, { so, all, verb, fits }: Named): Promise<readonly Request[]> {
  if (!so.some(fits)) return alsoCalled(deps, typed, so, all);
  const every = [...new Map([...so, ...all].map((request) => [request.id, request])).values()].filter(fits);
  if (new Set(every.map(({ machine }) => machine)).size < 2) return so;
  const signal = weightOf(verb) === 'closes' ? AbortSignal.timeout(SOON_MS) : undefined;
  const now = await calledNow(deps, typed, every, signal).catch(() => []);
  return now.length > 0 ? now : so;
}

/**
 * The request that somebody means with an id, what its machine is called, or nothing: nothing is enough when only one fits.
 * `fits` says which of theirs can be meant at all.
 */
export async function meant(
  deps: Deps,
  person: Person,
  { verb, which: typed }: { readonly verb: string; readonly which?: string },
  fits: (request: Request) => boolean,
): Promise<Request> {
  const word = typed?.toLowerCase();
  const byId = word && isRequestId(word) ? (await deps.store.load(word)).request : undefined;
  if (byId) return byId;
  const theirs = (name?: string) => (isSecurity(deps, person) ? everything(deps, name) : listFor(deps, person, name));
  const found = await theirs(word);
  const so = word === undefined ? found : found.filter(({ machineName }) => machineName.toLowerCase() === word);
  const called = typed === undefined ? so : await named(deps, typed, { so, all: await theirs(), verb, fits });
  const mine = called.filter(fits);
  const own = mine.filter((request) => isTheirs(request, person.id));
  const [only, ...more] = own.length > 0 ? own : mine;
  if (!only) {
    if (typed === undefined) throw new JitError('nothingFits', { verb });
    // There is one, and this cannot be done with it: it waits, or is over.
    const [other] = called;
    if (other)
      throw new JitError(
        'nothingFitsThere',
        {
          verb,
          machine: other.machineName,
          id: other.id,
          what: { say: '{0}', with: { 0: lowered(viewOf(other).status) } },
        },
        { choices: [other.id] },
      );
    const fitting = (await listFor(deps, person)).filter(fits);
    throw await noRequest(
      deps,
      typed,
      nearWord(new Set(fitting.flatMap(({ id, machineName }) => [id, machineName])), typed),
    );
  }
  if (more.length === 0) return only;
  const shown = [only, ...more].slice(0, 5);
  const name = namesAmong(shown);
  const names = shown.map((request) => `${request.id} (${name(request)})`).join(', ');
  const choices = [only, ...more].map(({ id }) => id);
  throw new JitError('ambiguousRequest', { count: more.length + 1, names, verb, first: only.id }, { choices });
}

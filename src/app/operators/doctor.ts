import type { Actor } from '../../core/audit/entry.ts';
import { JitError } from '../../core/errors/errors.ts';
import { durationText } from '../../core/language/duration.ts';
import { SECOND_MS } from '../../core/language/instant.ts';
import { phrased } from '../../core/language/text.ts';
import { CLOUD_NAMES } from '../../core/machine/machine.ts';
import type { Place } from '../../core/people/place.ts';
import { uniquePlaces } from '../../core/people/place.ts';
import { isLost } from '../../core/request/drill.ts';
import { type Diagnosis, doctorReport, faultAt, unknownAt } from '../../core/view/doctor-page.ts';
import { drillSentence } from '../../core/view/drill-page.ts';
import type { Examiner } from '../../ports/examiner.ts';
import { judged, note } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { examineGlass } from '../glass/examine.ts';
import { type Closer, mustBeSecurity } from '../request/end.ts';
import { channelsOf } from './channels.ts';

const LIMIT_MS = 60 * SECOND_MS;
/** The longest that it waits for the audit. */
const AUDIT_MS = 3 * SECOND_MS;
const OWN = 'Drawbridge';
const CHATS = { slack: 'Slack', teams: 'Teams' } as const;

/** What is looked at, by the name that people know it by. */
interface Examined extends Partial<Examiner> {
  readonly name: string;
  check?(signal: AbortSignal): Promise<void>;
}

/**
 * Looks through all that Drawbridge stands on, and changes nothing. One that hangs or fails spoils no other. Throws
 * `notSecurity` for a person who is not meant by `security`.
 */
export async function doctor(deps: Deps, closer: Closer): Promise<readonly Diagnosis[]> {
  const by = { by: deps.acting ?? actorOf(closer), as: 'id' in closer ? 'security' : 'commandLine' } as const;
  await judged(deps, { event: 'doctor', ...by }, async () => mustBeSecurity(deps, closer));
  const whole = await examineAll(deps);
  // Where Redis is away it says so itself, and there is no audit.
  const written = note(deps, { event: 'doctor', outcome: 'done', ...by, why: phrased(doctorReport(whole).title) });
  await soon(written, AbortSignal.timeout(AUDIT_MS)).catch(() => undefined);
  return whole;
}

/** The same for nobody: the audit is not told. */
export async function examineAll(deps: Deps): Promise<readonly Diagnosis[]> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const places = await placesOf(deps);
  const all: readonly Examined[] = [
    ...(deps.examiners ?? []).map((one) => ({ name: OWN, examine: one.examine.bind(one) })),
    ...[...deps.chats.values()].map((chat) => ({ ...bound(chat), name: CHATS[chat.chat] })),
    ...[...deps.clouds.values()].map((cloud) => ({ ...bound(cloud), name: CLOUD_NAMES[cloud.cloud] })),
  ];
  const found = (await Promise.all(all.map((one) => examined(one, places, signal)))).flat();
  const more = [lastDrill(deps), examineGlass(deps)].map((one) => one.catch(() => []));
  return [...found, ...(await Promise.all(more)).flat()];
}

function actorOf(closer: Closer): Actor {
  return 'id' in closer ? { person: { id: closer.id, name: closer.name } } : closer;
}

/** Whether closing survives a killed process was tried lately. */
async function lastDrill({ drills, rules, store }: Deps): Promise<readonly Diagnosis[]> {
  if (!drills) return [];
  const [of, what] = ['Drawbridge', 'last drill'];
  const run = 'Run `/jit drill`.';
  if (!rules.drill)
    return [
      unknownAt(
        of,
        what,
        'No drill is set up.',
        'Set `drill.tag` to the tag of a sandbox machine, and run `/jit drill`.',
      ),
    ];
  const [last, { at }] = await Promise.all([drills.last(), store.now()]);
  if (!last) return [unknownAt(of, what, 'None was run.', run)];
  if (last.outcome === 'failed')
    return [
      faultAt(
        of,
        what,
        phrased(drillSentence(last)),
        'Run `/jit drill` again; `npx jit drill --last` shows all of it.',
      ),
    ];
  if (isLost(last, at)) return [unknownAt(of, what, 'It has no outcome: the process that watched it is gone.', run)];
  if (at - last.startedAt > rules.drill.everyMs)
    return [unknownAt(of, what, `It was ${durationText(at - last.startedAt)} ago, longer than \`drill.every\`.`, run)];
  return [{ of, what, verdict: 'fine' }];
}

function bound(one: Partial<Examiner> & { check(signal: AbortSignal): Promise<void> }): Omit<Examined, 'name'> {
  return { check: one.check.bind(one), ...(one.examine ? { examine: one.examine.bind(one) } : {}) };
}

async function examined(
  { name, examine, check }: Examined,
  places: readonly Place[],
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  try {
    if (examine) return await soon(examine(places, signal), signal);
    await soon(check?.(signal) ?? Promise.resolve(), signal);
    return [{ of: name, what: 'sign-in', verdict: 'fine' }];
  } catch (error) {
    // Redis itself says so, once.
    if (name === OWN && error instanceof JitError && error.code === 'storeAway') return [];
    return [faultOf(name, name === OWN ? 'a check' : 'sign-in', error)];
  }
}

function faultOf(of: string, what: string, error: unknown): Diagnosis {
  const known = error instanceof JitError;
  return {
    of,
    what,
    verdict: 'fault',
    means: known ? error.say : 'It does not work.',
    remedy: (known && error.hint) || 'Run `LOG_LEVEL=debug npx jit doctor` to see why.',
  };
}

function soon<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}

/** Every channel of the configuration, and the own chats of those whom its policies and lists mean. */
async function placesOf({ rules, directory }: Deps): Promise<readonly Place[]> {
  const people = await (directory.everybody?.() ?? []);
  return uniquePlaces([...channelsOf(rules), ...people.flatMap((person) => directory.reach(person))]);
}

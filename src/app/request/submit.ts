import type { AuditFacts } from '../../core/audit/entry.ts';
import { JitError } from '../../core/errors/errors.ts';
import type { Ask } from '../../core/language/command.ts';
import { durationText } from '../../core/language/duration.ts';
import type { Instant } from '../../core/language/instant.ts';
import { tidy } from '../../core/language/text.ts';
import type { Person } from '../../core/people/person.ts';
import { FLOOD_LIMITS, tooMany } from '../../core/policy/floods.ts';
import { askerOf } from '../../core/request/on-behalf.ts';
import type { Pending, Request } from '../../core/request/request.ts';
import type { Sender } from '../../ports/inbox.ts';
import type { Saved } from '../../ports/store.ts';
import { codeOf, note } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { answerInTime } from '../machine/cloud.ts';
import { change, commit, hint } from '../machine/commit.ts';
import { askedFor, machineFor } from './asked-for.ts';
import { beneficiaryOf } from './beneficiary.ts';
import { holdingBack } from './held-back.ts';
import { analyse, mustBeAllowed } from './judgement.ts';
import { newRequest } from './new-request.ts';
import { byPolicy, placesFor } from './places.ts';
import { mustHaveRoom } from './room.ts';
import { sameAs } from './same.ts';

/** Of what somebody typed. */
const LONGEST_NAME = 60;

/** An ask, and the request that it comes after. */
type Asking = Ask &
  Pick<Request, 'follows' | 'denied' | 'together'> & {
    readonly startsAt?: Instant;
    /** Its id, where that is known before it is made. */
    readonly id?: string;
  };

/** The request that an ask made, or the one that stands for the same already. */
export interface Submitted {
  readonly request: Request;
  readonly stoodBefore?: true;
}

/** What came of judging an ask: what stands already, or what is to be kept, with the delivery that made it. */
export type Prepared = Submitted | Made;

interface Made {
  readonly made: Pending;
  readonly key: string;
}

/**
 * Takes an ask from a known person, judges it, and commits a pending request. A repeated delivery gives the request that
 * the first one made, and a second ask for the same the one that stands. Throws what stands against it, in words for the person.
 */
export async function take(deps: Deps, person: Person, ask: Asking, sender: Sender): Promise<Submitted> {
  const prepared = await prepare(deps, person, ask, sender);
  if (!('made' in prepared)) return prepared;
  const [kept] = await keep(deps, [prepared]);
  if (!kept) throw new JitError('stale');
  if (kept instanceof JitError) throw kept;
  return kept;
}

/** Judges an ask, and keeps nothing of it yet but, of one that is refused, that it was. */
export async function prepare(deps: Deps, person: Person, ask: Asking, sender: Sender): Promise<Prepared> {
  try {
    return await preparing(deps, person, ask, sender);
  } catch (error) {
    const { machine, ports, source, justification, follows } = ask;
    await noteRefused(deps, person, error, {
      machineName: tidy(machine, LONGEST_NAME),
      ports,
      ...(typeof source === 'string' ? { source } : {}),
      ...(follows === undefined ? {} : { follows }),
      words: justification,
    });
    throw error;
  }
}

function noteRefused(
  deps: Deps,
  person: Pick<Person, 'id' | 'name'>,
  error: unknown,
  facts: AuditFacts & { readonly words?: string },
): Promise<void> {
  const acting = { by: deps.acting ?? { person }, as: 'requester' as const, requester: person };
  return note(deps, { ...facts, event: 'request', outcome: 'refused', ...acting, code: codeOf(error) });
}

async function preparing(deps: Deps, person: Person, ask: Asking, sender: Sender): Promise<Prepared> {
  const key = `${sender.chat}:${sender.key}`;
  const before = await madeBefore(deps, key);
  if (before) return { request: before };
  await mustHaveRoom(deps);
  const { request, first } = await requestFrom(deps, person, ask, sender);
  return request ? { made: request, key } : { request: first, stoodBefore: true };
}

/** Commits what was made, in one round trip. Gives of each what came of it, or what stands against it. */
export async function keep(deps: Deps, all: readonly Made[]): Promise<readonly (Submitted | JitError)[]> {
  const most = deps.rules.floods ?? FLOOD_LIMITS;
  const changes = all.map(({ made, key }) => {
    const said = { next: made, event: 'asked', by: askerOf(made).id, text: made.justification };
    return { ...change(deps, undefined, said), key, most, alone: true as const };
  });
  const saved = await deps.store.save(changes);
  const kept: (Submitted | JitError)[] = [];
  for (const [i, made] of all.entries()) kept.push(await outcome(deps, made, saved[i]));
  for (const [i, { made }] of all.entries()) {
    const { machineName, ports, source, justification } = made;
    const facts = { machine: made.machine, machineName, ports, source, words: justification };
    if (kept[i] instanceof JitError) await noteRefused(deps, made.requester, kept[i], facts);
  }
  await hint(
    deps,
    kept.flatMap((one, i) => ('request' in one && saved[i] === 'saved' ? [one.request] : [])),
  );
  return kept;
}

/** What came of one that was to be kept. */
async function outcome(deps: Deps, { made, key }: Made, saved: Saved | undefined): Promise<Submitted | JitError> {
  if (saved === 'saved') return { request: made.escalatesAt === made.askedAt ? await letIn(deps, made) : made };
  try {
    if (saved === 'full') await mustNotFlood(deps, made.requester, made);
  } catch (error) {
    if (error instanceof JitError) return error;
    throw error;
  }
  // The same delivery came twice at once, and the other one won; or, very rarely, the id was taken.
  const winner = await madeBefore(deps, key);
  if (winner) return { request: winner };
  const same = await sameAs(deps, made);
  return same ? { request: same, stoodBefore: true } : new JitError('stale');
}

/** The same for whoever needs not know whether it stood before. */
export async function submit(...asking: Parameters<typeof take>): Promise<Request> {
  return (await take(...asking)).request;
}

/** Without a decision, as its policies say. Where that does not come off, the due index finds it, and it is judged again. */
async function letIn(deps: Deps, request: Pending): Promise<Request> {
  try {
    return await commit(deps, request.id, (before, { at }) =>
      before.status === 'pending' ? byPolicy(before, at) : undefined,
    );
  } catch (error) {
    deps.log.warn(
      { request: request.id, error },
      'a policy lets this in without a decision, and that was not kept yet',
    );
    return request;
  }
}

/** The request that this ask would make, with every default filled in and nothing against it; or the first one like it, unjudged. */
async function requestFrom(deps: Deps, asker: Person, ask: Asking, sender: Sender): Promise<Found> {
  const signal = answerInTime();
  const { person, askedBy } = await beneficiaryOf(deps, asker, ask.whom, sender);
  const by = askedBy ? { askedBy } : {};
  const machine = await machineFor(deps, { person, ...by }, ask.machine, signal);
  await mustNotFlood(deps, person, { machine: machine.id, machineName: machine.name });
  const { what, state } = await askedFor(deps, person, { ...ask, ...by, machine }, signal);
  const first = await sameAs(deps, what);
  if (first) return { first };
  mustBeLongEnough(deps, what.forMs);
  const { id, justification, follows, denied, together } = ask;
  const linked = { ...(follows === undefined ? {} : { follows }), ...(denied ? { denied } : {}) };
  const after = { ...linked, ...(together ? { together } : {}), ...(id === undefined ? {} : { id }) };
  const because = justification;
  const allowed = mustBeAllowed(await analyse(deps, { ...what, because, approvedBy: [] }, signal, async () => state));
  const places = placesFor(deps, askedBy ? [person, asker] : [person], allowed, sender);
  const request = await newRequest(deps, { ...what, ...after, justification }, allowed, places);
  return { request: await holdingBack(deps, request) };
}

type Found =
  | { readonly request: Pending; readonly first?: undefined }
  | { readonly request?: undefined; readonly first: Request };

/** Before anything slow is asked; that it holds for those that come at once, too, is seen to by the script of the commit. Throws what is too many. */
export async function mustNotFlood(
  deps: Deps,
  person: Pick<Person, 'id'>,
  { machine, machineName }: Pick<Request, 'machine' | 'machineName'>,
): Promise<void> {
  const refusal = tooMany(await deps.store.counts(person.id, machine), deps.rules.floods ?? FLOOD_LIMITS, machineName);
  if (refusal) throw refusal;
}

export function mustBeLongEnough({ rules: { shortestMs } }: Deps, forMs: number): void {
  if (forMs < shortestMs)
    throw new JitError(
      'tooShort',
      { asked: durationText(forMs), shortest: durationText(shortestMs) },
      { choices: [durationText(shortestMs)] },
    );
}

export async function madeBefore(deps: Deps, key: string): Promise<Request | undefined> {
  const id = await deps.store.madeBy(key);
  return id === undefined ? undefined : (await deps.store.load(id)).request;
}

import { createHash } from 'node:crypto';
import { JitError } from '../../core/errors/errors.ts';
import type { Ask, GlassConsent } from '../../core/language/command.ts';
import { tidy } from '../../core/language/text.ts';
import { servedAddresses } from '../../core/machine/address.ts';
import type { Person } from '../../core/people/person.ts';
import type { ChatName } from '../../core/people/place.ts';
import { broken } from '../../core/request/break.ts';
import { type Activating, isInForce, type Request, requestId } from '../../core/request/request.ts';
import { samePort } from '../../core/rule/port.ts';
import { glassPage } from '../../core/view/glass-page.ts';
import type { Report } from '../../core/view/report.ts';
import type { Sender } from '../../ports/inbox.ts';
import { judged, note } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { answerInTime, cloudFor } from '../machine/cloud.ts';
import { change, hint } from '../machine/commit.ts';
import { askedFor, machineFor } from '../request/asked-for.ts';
import { glassHouse } from '../request/glass-house.ts';
import { judgedBy } from '../request/judged-by.ts';
import { analyse, cutting, mustBeAllowed } from '../request/judgement.ts';
import { sessionsOf } from '../request/new-request.ts';
import { madeBefore, mustBeLongEnough } from '../request/submit.ts';
import { ruleOf } from './as-ruled.ts';
import { mustNotOwe } from './reviews.ts';
import { type GlassTold, glassTold } from './told.ts';

/** So much open access of somebody is looked through for the same. */
const MOST_OPEN = 500;

/** What came of it: the page to agree to, or access that is opening. */
export type GlassDone = { readonly page: Report } | { readonly request: Request };

/**
 * Opens at once, without a decision, for those whom a rule of `breakGlass` names, once they agreed to the page that says who is
 * told. No limit on requests holds it up; whatever else stands against an opening does. Pressed twice, it opens once. Throws what
 * stands against it, in words for the person.
 */
export async function breakGlass(
  deps: Deps,
  person: Person,
  ask: Ask & GlassConsent,
  sender: Sender,
): Promise<GlassDone> {
  const made = `${sender.chat}:${sender.key}`;
  const before = await madeBefore(deps, made);
  if (before) return { request: before };
  const attempt = {
    event: 'break glass',
    by: deps.acting ?? { person: { id: person.id, name: person.name } },
    as: 'requester',
    words: ask.justification,
  } as const;
  return judged(deps, attempt, async () => {
    const found = await judgedGlass(deps, person, ask, { chat: sender.chat });
    const { request, told } = found;
    const code = codeOf(request);
    if (ask.confirm !== code) {
      const { machine, machineName, ports, source } = request;
      await note(deps, { ...attempt, outcome: 'shown', page: code, machine, machineName, ports, source });
      return { page: glassPage(request, { code, again: ask.confirm !== undefined, ...counted(told) }) };
    }
    const same = (await deps.store.find({ by: 'requester', which: person.id }, MOST_OPEN)).find(
      (one) => one.breakGlass && isInForce(one) && codeOf(one) === code,
    );
    return { request: same ?? (await keepGlass(deps, request, made)) };
  });
}

/** Kept before anything is called, then opened as everything is. The same delivery twice is one. */
export async function keepGlass(deps: Deps, request: Activating, made: string): Promise<Request> {
  const said = { next: request, event: 'broke glass', by: request.requester.id, text: request.justification };
  const [saved] = await deps.store.save([{ ...change(deps, undefined, said), key: made }]);
  if (saved !== 'saved') {
    const winner = await madeBefore(deps, made);
    if (winner) return winner;
    throw new JitError('stale');
  }
  await hint(deps, [request]);
  return request;
}

/** How somebody says that they break it: in a chat, or with a key of theirs. */
type How = { readonly chat: ChatName } | { readonly key: string };

interface Glass {
  readonly request: Activating;
  readonly told: GlassTold;
}

/** The access that this ask would open, with every default filled in and nothing against it. */
export async function judgedGlass(deps: Deps, person: Person, ask: Ask, how: How): Promise<Glass> {
  const { breakGlass: rules = [] } = deps.rules;
  if (rules.length === 0) throw new JitError('glassNotSet');
  deps.mayOpen?.();
  const house = glassHouse(deps, { isSigned: 'key' in how });
  const signal = answerInTime();
  const machine = await named(ask, machineFor(house, { person }, ask.machine, signal));
  const { what, state } = await askedFor(house, person, { ...ask, machine }, signal);
  mustBeLongEnough(deps, what.forMs);
  const because = ask.justification;
  const asked = { ...what, because, approvedBy: [] };
  const allowed = await named(ask, analyse(house, asked, signal, async () => state).then(mustBeAllowed));
  const rule = ruleOf(rules, allowed.policies);
  if (rule.review.isBar) await mustNotOwe(deps, person);
  const told = await glassTold(deps, person, rule, 'chat' in how ? how.chat : undefined);
  const { at: askedAt } = await deps.store.now();
  const { ports, source } = what;
  const warnings = [...(state.warnings ?? []), ...(allowed.bearers === undefined ? [] : [allowed.bearers])];
  const wanted = {
    ...what,
    id: requestId(deps.random(7)),
    askedAt,
    justification: because,
    ...judgedBy(allowed.policies),
    asked: told.people.map(({ id, name }) => ({ id, name })),
    places: told.places,
    standing: state.standing.filter(({ port }) => ports.some((one) => samePort(one, port))),
    ...(state.addresses ? { addresses: servedAddresses(source, ports, state.addresses) } : {}),
    ...sessionsOf(cutting(source, state), cloudFor(deps, what.machine), allowed.policies),
    ...(warnings.length > 0 ? { warnings } : {}),
  };
  const request = broken(wanted, rule.review.withinMs);
  const key = 'key' in how ? { key: how.key } : {};
  return { request: { ...request, breakGlass: { ...request.breakGlass, ...key } }, told };
}

/** No rule is no policy here. */
async function named<T>({ machine }: Ask, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof JitError) || error.code !== 'noPolicy') throw error;
    throw new JitError('noBreakGlass', { machine: tidy(machine, 80) }, { cause: error });
  }
}

function counted({ people, channels }: GlassTold) {
  return { people: people.map(({ id, name }) => ({ id, name })), channels: channels.length };
}

/** The same for the same person, machine, ports, source, time and reason. */
function codeOf({ requester, machine, identity, ports, source, forMs, justification }: Request): string {
  const seen = [requester.id, machine, identity, ports, source, forMs, justification];
  return createHash('sha256').update(JSON.stringify(seen)).digest('hex').slice(0, 6);
}

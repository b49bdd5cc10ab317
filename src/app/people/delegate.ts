import { JitError } from '../../core/errors/errors.ts';
import { type DelegateAsk, endOf } from '../../core/language/delegate-ask.ts';
import { DAY_MS, type Instant } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import type { Line } from '../../core/language/text.ts';
import { type Delegation, isInForceAt } from '../../core/people/delegation.ts';
import type { Person } from '../../core/people/person.ts';
import { zoneOf } from '../../core/people/zone.ts';
import type { Sender } from '../../ports/inbox.ts';
import { act } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { tellPlaces } from '../protect/news.ts';
import { calledText, personCalled } from '../request/called.ts';
import { tellOver } from './delegation-over.ts';

const LONGEST_MS = 60 * DAY_MS;
/** What was approved under one that is over is judged again before it opens: until then it is kept. */
const KEPT_MS = 7 * DAY_MS;

/** `/jit delegate`: lets somebody decide for whoever speaks, ends that, or lists who decides for whom as far as it is theirs. */
export async function delegate(deps: Deps, person: Person, ask: DelegateAsk, sender: Sender): Promise<readonly Line[]> {
  if (ask.what !== 'begin') return ask.what === 'list' ? listed(deps, person) : stopped(deps, person);
  const { at: since } = await deps.store.now();
  const until = endOf(ask.until, since, zoneOf(person, sender));
  if (until === undefined || until <= since || until > since + LONGEST_MS) throw new JitError('malformedDelegate');
  const to = await mustBeAbleTo(deps, person, ask.to, sender);
  const delegation = { from: named(person), to: named(to), since, until };
  const all = await recordsOf(deps).all();
  const why = `${to.id} decides for ${person.id} until ${new Date(until).toISOString()}`;
  await act(deps, { event: 'delegate', by: actorOf(deps), as: 'approver', why, until }, async (running) => {
    await running.begin();
    await clean(deps, since);
    await recordsOf(deps).keep(delegation);
  });
  const before = replaced(all, delegation);
  if (before) await tellOver(deps, before, before.to.id);
  const line: Line = [
    say`${shown(delegation.from)} asks you to decide requests for them until ${untilText(delegation)}. Their policies apply; what you decide carries your name.`,
  ];
  const report = { title: 'You decide for somebody else', sections: [{ heading: '', rows: [{ line }] }] };
  await tellPlaces(deps, report, deps.directory.reach(to).slice(0, 1));
  return [
    [
      say`${shown(delegation.to)} decides requests for you until ${untilText(delegation)}. You may still decide yourself; \`/jit delegate stop\` ends it.`,
    ],
    ...(before ? [[say`${shown(before.to)} no longer does.`] as Line] : []),
  ];
}

async function listed(deps: Deps, { id }: Person): Promise<readonly Line[]> {
  const { at } = await deps.store.now();
  const all = (await recordsOf(deps).all()).filter((one) => isInForceAt(one, at));
  const own = all.filter(({ from, to }) => from.id === id || to.id === id);
  if (own.length === 0) return [[say`Nobody decides for you, and you decide for nobody else.`]];
  return own.map((one): Line => [say`${shown(one.to)} decides for ${shown(one.from)} until ${untilText(one)}.`]);
}

async function stopped(deps: Deps, person: Person): Promise<readonly Line[]> {
  const records = recordsOf(deps);
  const { at } = await deps.store.now();
  const own = (await records.all()).find((one) => one.from.id === person.id && isInForceAt(one, at));
  if (!own) throw new JitError('noDelegation');
  const why = `${own.to.id} decides for ${person.id} no more`;
  await act(deps, { event: 'end delegation', by: actorOf(deps), as: 'approver', why }, async (running) => {
    await running.begin();
    await records.drop(person.id);
  });
  await tellOver(deps, own, own.to.id);
  return [[say`${shown(own.to)} no longer decides for you. What they approved and is not open yet counts no more.`]];
}

/** The one of the same person that this one takes the place of, where somebody else decided. */
function replaced(all: readonly Delegation[], { from, to, since }: Delegation): Delegation | undefined {
  return all.find((one) => one.from.id === from.id && one.to.id !== to.id && isInForceAt(one, since));
}

/** Somebody else who may act here. Throws `notDelegate`. */
async function mustBeAbleTo(deps: Deps, person: Person, typed: string, { chat }: Sender): Promise<Person> {
  const found = await personCalled(deps, typed, chat);
  const word = calledText(typed);
  const no = (why: string) => new JitError('notDelegate', { typed: found?.name ?? word.slice(0, 80), why });
  if (!found) throw no('nobody here is known by that');
  if (found.id === person.id) throw no('that is you');
  if (found.disabled) throw no('the account is disabled');
  if (found.guest) throw no('it is a guest');
  return found;
}

/** What is over for long is forgotten whenever somebody delegates. */
async function clean(deps: Deps, now: Instant): Promise<void> {
  const records = recordsOf(deps);
  for (const { from, until } of await records.all()) if (until + KEPT_MS < now) await records.drop(from.id);
}

function recordsOf({ delegations }: Pick<Deps, 'delegations'>) {
  if (!delegations) throw new JitError('noDelegation');
  return delegations;
}

function actorOf({ acting }: Deps) {
  return acting ?? 'drawbridge';
}

function untilText({ until }: Delegation): Line {
  return [{ at: until }];
}

function named({ id, name }: Person): Delegation['from'] {
  return { id, name };
}

function shown({ id, name }: Delegation['from']) {
  return { person: id, name };
}

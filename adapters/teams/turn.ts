import { setImmediate as next } from 'node:timers/promises';
import { JitError } from '../../src/core/errors/errors.ts';
import { MINUTE_MS } from '../../src/core/language/instant.ts';
import { phrased, type Tongue } from '../../src/core/language/text.ts';
import { TONGUES, tongueOf } from '../../src/core/words/tongues.ts';
import type { Inbox } from '../../src/ports/inbox.ts';
import type { Accepted, Incoming, Journal } from '../../src/ports/journal.ts';
import type { Log } from '../../src/ports/log.ts';
import { keptOf, weightIn } from './again.ts';
import { saying } from './answers.ts';
import { answerInvoke, onlyReads, STILL } from './buttons.ts';
import { isFinal, waitOf } from './errors.ts';
import { message, OUTDATED } from './message.ts';
import { nobodySaid } from './people.ts';
import type { Reply } from './receive.ts';
import { messageOf, OUTSIDER, readerOf, reply } from './reply.ts';
import type { Room } from './room.ts';
import { inWords } from './text.ts';
import { parseActivity, type TeamsDelivery, verify } from './verify.ts';

/** Teams sends again for seconds; a replay within this time is refused. */
const SEEN_MS = 10 * MINUTE_MS;
/** What the journal does not take on. */
const UNKEPT: ReadonlySet<string> = new Set(['tooLongToKeep', 'tooMuchToKeep']);
/** Said where somebody uses the message extension whom the bot cannot write to. */
const NOT_ADDED =
  'Teams did not say who you are. Add the app Drawbridge to your personal chats, or join a team that has it, and try again.';

interface Turns extends Omit<Room, 'inbox'> {
  /** For lines that anybody can cause. */
  readonly refusals: Log;
  readonly journal: Journal;
  /** Undefined before the start and after the stop. */
  readonly inbox: () => Inbox | undefined;
}

/**
 * What is done with a delivery, from the token to the answer. Messages are answered at once and worked on afterwards:
 * Teams waits for the answer, and sends again what takes too long.
 */
export function turns({
  journal,
  inbox,
  refusals,
  ...rest
}: Turns): (body: unknown, authorization: string) => Promise<Reply> {
  const { limits } = rest;
  const refuse = refuser(refusals);

  async function take(body: unknown, authorization: string, late: Promise<'late'>): Promise<Reply> {
    const box = inbox();
    if (!box) return { status: 503 };
    const verdict = await believed(rest, body, authorization);
    if ('why' in verdict) {
      const { status, why, invoke, tongue } = verdict;
      // Whoever is in a meeting without an account sees its cards as well.
      if (invoke !== undefined)
        return { ...refuse(200, 'forged', why), body: saying(invoke, phrased(OUTSIDER, tongue)) };
      return refuse(status, 'forged', why);
    }
    if ('ignored' in verdict) return { status: 200 };
    const { delivery } = verdict;
    rest.roster.learn(delivery.sender.user, delivery.teamsId);
    const room: Room = { ...rest, inbox: box };
    if (onlyReads(delivery)) return answerTo(room, delivery, late);
    const key = `teams:${delivery.sender.key}`;
    const before = await accept(journal, incomingOf(delivery, key), rest.later);
    if (before instanceof JitError) return notTaken(room, delivery, before);
    if (!before.isNew) return { ...refuse(200, 'replayed', 'seen before'), ...answered(delivery, before) };
    if (delivery.kind === 'invoke')
      return noted({ journal, key, room }, (watched) => answerTo(watched, delivery, late));
    // Teams has its answer first: what follows is on the same thread.
    const work = next().then(() => said(room, delivery));
    room.later(work);
    room.later(settled({ journal, key }, [work]));
    return { status: 200 };
  }

  async function said(room: Room, delivery: TeamsDelivery): Promise<void> {
    const membership = await room.people.membership(delivery, weightIn(delivery), room.signal);
    if (membership === 'member') return message(room, delivery);
    if (membership instanceof JitError) return reply(room, delivery, messageOf([membership.spans], readerOf(delivery)));
    refuse(200, 'forged', 'a guest or a stranger');
    await room.bot.send(delivery.spot, messageOf([[ownWords(OUTSIDER, delivery)]]), room.signal);
  }

  async function answerTo(room: Room, delivery: TeamsDelivery, late: Promise<'late'>): Promise<Reply> {
    const membership = await Promise.race([room.people.membership(delivery, weightIn(delivery), room.signal), late]);
    if (membership === 'outsider')
      return { ...refuse(200, 'forged', 'a guest or a stranger'), body: inAnswer(OUTSIDER, delivery) };
    if (membership !== 'member')
      return { status: 200, body: notSaid(delivery, membership === 'late' ? nobodySaid() : membership) };
    const answer = await answerInvoke(room, delivery, late);
    if (answer) return { status: 200, body: answer };
    // NB. what gets anything but a 200 with words is shown as "Something went wrong".
    return { ...refuse(200, 'unknown', 'an invoke that is none of ours'), body: inAnswer(OUTDATED, delivery) };
  }

  return (body, authorization) => inTime(limits.invokeMs, (late) => take(body, authorization, late));
}

/** A text of ours, in the language of whoever did this. */
function ownWords(text: string, delivery: TeamsDelivery): string {
  return phrased(text, readerOf(delivery).tongue);
}

function inAnswer(text: string, delivery: TeamsDelivery): object {
  return saying(delivery.invoke, ownWords(text, delivery));
}

/** Of a chat that the bot is not in it is told nothing, unless it can write to them. */
function notSaid(delivery: TeamsDelivery, why: JitError): object {
  if (delivery.isElsewhere && isFinal(why.cause)) return inAnswer(NOT_ADDED, delivery);
  return saying(delivery.invoke, inWords(why.spans, readerOf(delivery)));
}

type Believed =
  | { readonly delivery: TeamsDelivery }
  | { readonly ignored: true }
  /** With the name of an invoke whose sender is told why. */
  | { readonly status: number; readonly why: string; readonly invoke?: string; readonly tongue?: Tongue };

/** What was delivered, if it is from Teams, or with which status it is refused. */
async function believed(
  { bot, settings, now, signal }: Pick<Room, 'bot' | 'settings' | 'now' | 'signal'>,
  body: unknown,
  authorization: string,
): Promise<Believed> {
  const activity = parseActivity(body);
  if (!activity) return { status: 400, why: 'no activity' };
  try {
    await bot.authenticate(body as object, authorization, signal);
  } catch (error) {
    return { status: 401, why: error instanceof Error ? error.message.slice(0, 200) : 'no valid token' };
  }
  const verdict = verify(activity, settings, now());
  if (!('refused' in verdict)) return verdict;
  const { name: invoke, type } = activity;
  const isTold = verdict.isNobody && type === 'invoke' && invoke !== undefined;
  const tongue = tongueOf(activity.locale) ?? TONGUES[settings.language ?? 'en'];
  return { status: 403, why: verdict.refused, ...(isTold ? { invoke, tongue } : {}) };
}

function incomingOf(delivery: TeamsDelivery, key: string): Incoming {
  const what = keptOf(delivery);
  const kept = what === undefined ? {} : { what, onlyCloses: weightIn(delivery) === 'closes' };
  return { chat: 'teams', key, ttlMs: SEEN_MS, ...kept };
}

/**
 * Where it failed, it may have been kept all the same: Teams sends it again, and is told that it was seen before. Gives why it
 * is not taken on.
 */
async function accept(journal: Journal, incoming: Incoming, later: Room['later']): Promise<Accepted | JitError> {
  try {
    return await journal.accept(incoming);
  } catch (error) {
    if (error instanceof JitError && UNKEPT.has(error.code)) return error;
    later(journal.leave(incoming.key));
    throw error;
  }
}

/** The person is told, in their language, and nothing is done. */
function notTaken(room: Room, delivery: TeamsDelivery, { spans }: JitError): Reply {
  const reader = readerOf(delivery);
  if (delivery.kind === 'invoke') return { status: 200, body: saying(delivery.invoke, inWords(spans, reader)) };
  room.later(reply(room, delivery, messageOf([spans], reader)));
  return { status: 200 };
}

/** `late` resolves after so long. */
async function inTime<T>(ms: number, work: (late: Promise<'late'>) => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, ms, 'late');
  });
  try {
    return await work(late);
  } finally {
    clearTimeout(timer);
  }
}

interface Noting {
  readonly journal: Journal;
  readonly key: string;
  readonly room: Room;
}

/** What could not be said to the person, as Teams was silent or this process stops, is left: it is gone on with when Teams says. */
async function settled(
  { journal, key }: Pick<Noting, 'journal' | 'key'>,
  works: readonly Promise<unknown>[],
  answer?: string,
): Promise<void> {
  const outcomes = await Promise.allSettled(works);
  const unheard = outcomes.flatMap((one) => (one.status === 'rejected' && !isFinal(one.reason) ? [one.reason] : []));
  await (unheard.length > 0 ? journal.leave(key, Math.max(...unheard.map(waitOf))) : journal.done(key, answer));
}

/** Tells the journal what was answered, when all is done: also what goes on behind an answer that could not wait for it. */
async function noted({ journal, key, room }: Noting, answerIn: (watched: Room) => Promise<Reply>): Promise<Reply> {
  const all: Promise<unknown>[] = [];
  const later = (work: Promise<unknown>) => {
    all.push(work);
    room.later(work);
  };
  const giving = answerIn({ ...room, later });
  room.later(
    giving.then(
      ({ body }) => settled({ journal, key }, all, body && JSON.stringify(body)),
      (error: unknown) => journal.leave(key, waitOf(error)),
    ),
  );
  return giving;
}

/** An invoke that comes again is answered as it was the first time, or as long as nobody knows how it went, that it goes on. */
function answered(delivery: TeamsDelivery, before: Accepted): Pick<Reply, 'body'> {
  if (delivery.kind !== 'invoke') return {};
  const answer = before.isNew ? undefined : before.answer;
  return { body: answer === undefined ? inAnswer(STILL, delivery) : (JSON.parse(answer) as object) };
}

function refuser(refusals: Log) {
  return (status: number, code: 'forged' | 'replayed' | 'unknown', why: string): Reply => {
    refusals.warn({ code, why }, 'a delivery from Teams was refused');
    return { status };
  };
}

import { MINUTE_MS } from '../../src/core/language/instant.ts';
import type { Inbox } from '../../src/ports/inbox.ts';
import type { Log } from '../../src/ports/log.ts';
import { answerInvoke, text } from './buttons.ts';
import { command } from './command.ts';
import type { Reply } from './receive.ts';
import { messageOf, reply } from './reply.ts';
import type { Room } from './room.ts';
import { parseActivity, type TeamsDelivery, verify } from './verify.ts';

/** Teams sends again for seconds; a replay within this time is refused. */
const SEEN_MS = 10 * MINUTE_MS;
const WHO = 'Teams did not say who you are just now. Please try again.';

interface Turns extends Omit<Room, 'inbox'> {
  /** For lines that anybody can cause. */
  readonly refusals: Log;
  readonly once: (key: string, ttlMs: number) => Promise<boolean>;
  /** Undefined before the start and after the stop. */
  readonly inbox: () => Inbox | undefined;
}

/**
 * What is done with a delivery, from the token to the answer. Messages are answered at once and worked on afterwards:
 * Teams waits for the answer, and sends again what takes too long.
 */
export function turns({
  once,
  inbox,
  refusals,
  ...rest
}: Turns): (body: unknown, authorization: string) => Promise<Reply> {
  const { settings, limits, bot } = rest;
  const refuse = (status: number, code: 'forged' | 'replayed' | 'unknown', why: string): Reply => {
    refusals.warn({ code, why }, 'a delivery from Teams was refused');
    return { status };
  };

  async function take(body: unknown, authorization: string, late: Promise<'late'>): Promise<Reply> {
    const box = inbox();
    if (!box) return { status: 503 };
    const activity = parseActivity(body);
    if (!activity) return refuse(400, 'forged', 'no activity');
    try {
      await bot.authenticate(body as object, authorization, rest.signal);
    } catch (error) {
      return refuse(401, 'forged', error instanceof Error ? error.message.slice(0, 200) : 'no valid token');
    }
    const verdict = verify(activity, settings);
    if ('ignored' in verdict) return { status: 200 };
    if ('refused' in verdict) return refuse(403, 'forged', verdict.refused);
    const { delivery } = verdict;
    if (!(await once(`teams:${delivery.sender.key}`, SEEN_MS))) return refuse(200, 'replayed', 'seen before');
    const room: Room = { ...rest, inbox: box };
    if (delivery.kind === 'invoke') return invoked(room, delivery, late);
    room.later(said(room, delivery));
    return { status: 200 };
  }

  async function said(room: Room, delivery: TeamsDelivery): Promise<void> {
    const membership = await room.people.membership(delivery, room.signal);
    if (membership === 'member') return command(room, delivery);
    if (membership === 'unknown') return reply(room, delivery, messageOf([[WHO]]));
    refuse(403, 'forged', 'a guest or a stranger');
  }

  async function invoked(room: Room, delivery: TeamsDelivery, late: Promise<'late'>): Promise<Reply> {
    const membership = await Promise.race([room.people.membership(delivery, room.signal), late]);
    if (membership === 'outsider') return refuse(403, 'forged', 'a guest or a stranger');
    if (membership !== 'member') return { status: 200, body: text(WHO) };
    const answer = await answerInvoke(room, delivery, late);
    return answer ? { status: 200, body: answer } : refuse(501, 'unknown', 'an invoke that is none of ours');
  }

  return async (body, authorization) => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, limits.invokeMs, 'late');
    });
    try {
      return await take(body, authorization, late);
    } finally {
      clearTimeout(timer);
    }
  };
}

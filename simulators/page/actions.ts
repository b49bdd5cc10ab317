import { z } from 'zod';
import type { BadDays } from './bad-days.ts';
import { Refused } from './guard.ts';
import type { Simulators } from './state.ts';

/** What the one who acted is told at once; what has changed comes with the next state. */
export interface Outcome {
  readonly ok: boolean;
  /** What Slack or Teams says to this person alone. */
  readonly notice?: string;
  /** Why a modal stays open, by block. */
  readonly errors?: Readonly<Record<string, string>>;
  /** What a menu offers for what was typed. */
  readonly options?: readonly unknown[];
}

export interface Acting extends Simulators {
  readonly badDays: BadDays;
  /** `kill -9` and a new program. */
  readonly restart?: () => Promise<void>;
}

const id = z.string().min(1).max(300);
const words = z.string().max(4000);
const given = z.union([z.string().max(4000), z.number(), z.array(z.string().max(300)).max(100), z.null()]);
const inView = { user: id, view: id };

/** An action of the page: what it takes, and what it does in the simulators. */
function action<T extends z.ZodType>(shape: T, run: (body: z.infer<T>, world: Acting) => Promise<Outcome>) {
  return (body: unknown, world: Acting): Promise<Outcome> => {
    const read = shape.safeParse(body);
    if (!read.success) throw new Refused(400, z.prettifyError(read.error));
    return run(read.data, world);
  };
}

/** All that people can do on the page, by path. */
const actions = {
  '/api/slack/command': action(
    z.strictObject({ user: id, channel: id, line: words }),
    ({ user, channel, line }, { slack }) => slack.command(user, channel, line),
  ),
  '/api/slack/press': action(
    z.strictObject({ user: id, channel: id, message: id, action: id, block: id }),
    ({ user, channel, message, action, block }, { slack }) =>
      slack.press(user, channel, message, action, { blockId: block }),
  ),
  '/api/slack/submit': action(
    z.strictObject({ ...inView, filled: z.record(id, z.record(id, given)) }),
    ({ user, view, filled }, { slack }) => slack.submitView(user, view, filled),
  ),
  '/api/slack/change': action(
    z.strictObject({ ...inView, action: id, block: id, value: given.optional() }),
    ({ user, view, action, block, value }, { slack }) => slack.changeInView(user, view, action, value, block),
  ),
  '/api/slack/home': action(z.strictObject({ user: id }), ({ user }, { slack }) => slack.openHome(user)),
  '/api/slack/press-home': action(
    z.strictObject({ user: id, action: id, block: id }),
    ({ user, action, block }, { slack }) => slack.pressHome(user, action, block),
  ),
  '/api/slack/close': action(z.strictObject(inView), ({ user, view }, { slack }) => slack.closeView(user, view)),
  '/api/slack/suggest': action(
    z.strictObject({ ...inView, action: id, block: id, typed: words }),
    ({ user, view, action, block, typed }, { slack }) => slack.suggest(user, view, action, typed, block),
  ),
  '/api/teams/say': action(
    z.strictObject({ person: id, where: id, text: words }),
    ({ person, where, text }, { teams }) => teams.say(person, where, text),
  ),
  '/api/teams/execute': action(
    z.strictObject({
      person: id,
      activity: id,
      press: z.strictObject({
        verb: id,
        title: words.optional(),
        data: z.unknown().optional(),
        inputs: z.record(id, words).optional(),
      }),
    }),
    ({ person, activity, press }, { teams }) => teams.execute(person, activity, press),
  ),
  '/api/teams/refresh': action(
    z.strictObject({ person: id, activity: id }),
    async ({ person, activity }, { teams }) => (await teams.refresh(person, activity)) ?? { ok: true },
  ),
  '/api/bad-day': action(
    z.strictObject({
      cloud: z.enum(['azure', 'aws']),
      kind: z.enum(['throttle', 'lostReply', 'slow']),
      on: z.boolean(),
    }),
    async ({ cloud, kind, on }, { badDays }) => {
      badDays.switch(cloud, kind, on);
      return { ok: true };
    },
  ),
  '/api/program/kill': action(z.strictObject({}), async (_, { restart }) => {
    if (!restart) throw new Refused(404, 'This program cannot be restarted from the page.');
    await restart();
    return { ok: true };
  }),
};

/** Does what was posted to `path`; undefined when nothing is done there. Throws `Refused` for a body that does not fit. */
export async function act(path: string, body: unknown, world: Acting): Promise<Outcome | undefined> {
  if (!Object.hasOwn(actions, path)) return undefined;
  const outcome = await actions[path as keyof typeof actions](body, world).catch((error: unknown) => {
    // The simulators throw for what no client could do, such as a press of a button that is gone.
    throw error instanceof Refused ? error : new Refused(409, error instanceof Error ? error.message : String(error));
  });
  const { ok, notice, errors, options } = outcome;
  return { ok, ...(notice ? { notice } : {}), ...(errors ? { errors } : {}), ...(options ? { options } : {}) };
}

import type { PlainTextOption } from '@slack/types';
import { z } from 'zod';

/*
 * What Bolt and our handlers take for granted in a delivery; all else in it is let through as it is. Bolt itself looks at
 * nothing: https://docs.slack.dev/interactivity/implementing-slash-commands#app_command_handling and
 * https://docs.slack.dev/reference/interaction-payloads say what Slack sends.
 */
const id = z.string().min(1).max(255);
const some = z.looseObject({});
const person = z.looseObject({ id });
const channel = z.looseObject({ id }).nullish();
const option = z.looseObject({ value: z.string().max(255), text: z.looseObject({ text: z.string() }) });
const formBlock = z.looseObject({
  type: z.string(),
  block_id: z.string().optional(),
  element: z.looseObject({ action_id: z.string().optional(), initial_value: z.string().optional() }).optional(),
});
const values = z.record(
  z.string(),
  z.record(
    z.string(),
    z.looseObject({
      value: z.string().nullish(),
      selected_option: z.looseObject({ value: z.string() }).nullish(),
      selected_options: z.array(z.looseObject({ value: z.string() })).nullish(),
    }),
  ),
);

const command = z.looseObject({
  command: z.string(),
  text: z.string(),
  user_id: id,
  channel_id: z.string().optional(),
  trigger_id: z.string(),
});

/** Of everything but commands, by its `type`. */
const KINDS: Readonly<Record<string, z.ZodType>> = {
  block_actions: z.looseObject({
    user: person,
    channel,
    message: z.looseObject({ ts: z.string() }).nullish(),
    trigger_id: z.string(),
    actions: z
      .array(z.looseObject({ action_id: z.string(), value: z.string().nullish(), selected_option: option.nullish() }))
      .min(1),
    view: z
      .looseObject({
        id,
        hash: z.string().optional(),
        callback_id: z.string().optional(),
        state: z.looseObject({ values }).optional(),
        blocks: z.array(formBlock).optional(),
      })
      .nullish(),
  }),
  block_suggestion: z.looseObject({ user: person, channel, action_id: z.string(), value: z.string() }),
  view_submission: z.looseObject({
    user: person,
    view: z.looseObject({
      id,
      callback_id: z.string(),
      private_metadata: z.string().optional(),
      state: z.looseObject({ values }),
      blocks: z.array(z.looseObject({ type: z.string() })).optional(),
    }),
  }),
  view_closed: z.looseObject({ user: person, view: some }),
  shortcut: z.looseObject({ user: person, callback_id: z.string(), trigger_id: z.string() }),
  message_action: z.looseObject({
    user: person,
    channel,
    callback_id: z.string(),
    trigger_id: z.string(),
    message: z.looseObject({ ts: z.string().max(40), text: z.string().nullish() }),
  }),
  event_callback: z.looseObject({
    event_id: id,
    event: z.looseObject({
      type: z.string(),
      subtype: z.string().optional(),
      user: id.optional(),
      text: z.string().optional(),
      channel: id.optional(),
      channel_type: z.string().optional(),
      thread_ts: z.string().max(40).optional(),
      tab: z.string().optional(),
      view: z.looseObject({ hash: z.string().optional() }).nullish(),
    }),
    // NB. a person's id goes into a pattern (messages.ts).
    authorizations: z
      .array(
        z.looseObject({
          user_id: z
            .string()
            .regex(/^\w{1,255}$/)
            .nullish(),
        }),
      )
      .nullish(),
  }),
};

export type Delivery = Readonly<Record<string, unknown>>;

/** A delivery that has what its kind must have; otherwise what it lacks, without a word of what is in it. */
export function shaped(body: unknown): { readonly delivery: Delivery } | { readonly fault: string } {
  const object = some.safeParse(body);
  if (!object.success) return { fault: 'no object' };
  const delivery = object.data;
  const kind = delivery.command === undefined ? kindOf(delivery.type) : command;
  if (!kind) return { fault: 'an unknown kind' };
  const [issue] = kind.safeParse(delivery).error?.issues ?? [];
  return issue ? { fault: `without a proper ${issue.path.slice(0, 4).join('.').slice(0, 100)}` } : { delivery };
}

function kindOf(type: unknown): z.ZodType | undefined {
  return typeof type === 'string' && Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
}

/** What was pressed or chosen in a message or a form. */
export interface Action {
  readonly action_id: string;
  readonly value?: string;
  readonly selected_option?: PlainTextOption;
}

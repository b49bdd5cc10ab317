import { JitError } from '../../src/core/errors/errors.ts';
import { say } from '../../src/core/language/say.ts';
import { type Weight, weightOf } from '../../src/core/language/weight.ts';
import { tooLateToGoOn } from '../../src/core/view/words.ts';
import type { Again } from '../../src/ports/chat.ts';
import type { Answer, FormAnswer, Inbox, Sender } from '../../src/ports/inbox.ts';
import type { Answers } from './answer.ts';
import { ASK_PROTECTOR, keptPress, opensForm, pressOf } from './buttons.ts';
import { filledAccess, filledPorts, GLASS_FORM, PORTS_FORM, REASON_FORM, REQUEST_FORM, reasonIn } from './form.ts';
import { keptMessage, type WrittenMessage, writtenIn } from './messages.ts';
import { commandOf } from './report.ts';
import { type Delivery, shaped } from './shape.ts';
import { weightOfAction } from './weight.ts';

/** What is read of a delivery that was kept; its shape is looked at anew. */
interface Kept {
  readonly command?: string;
  readonly text: string;
  readonly user_id: string;
  readonly channel_id?: string;
  readonly trigger_id: string;
  readonly type?: string;
  readonly user: { readonly id: string };
  readonly channel?: { readonly id: string } | null;
  readonly message?: { readonly ts: string; readonly metadata?: unknown } | null;
  readonly actions: readonly { readonly action_id: string; readonly value?: string }[];
  readonly view: {
    readonly id: string;
    readonly callback_id: string;
    readonly private_metadata?: string;
    readonly state: { readonly values: Parameters<typeof filledPorts>[1] };
  };
}

const FORMS: readonly string[] = [REQUEST_FORM, GLASS_FORM, PORTS_FORM, REASON_FORM];

/**
 * What of a delivery goes into the journal: who, what and where, and no response URL. Undefined for what does nothing by
 * itself: a button that opens a form, a type-ahead.
 */
export function keptOf(delivery: Delivery): string | undefined {
  const { command, text, user_id, channel_id, trigger_id, type, user, channel, message, actions, view } =
    delivery as unknown as Kept;
  if (command !== undefined) return JSON.stringify({ command, text, user_id, channel_id, trigger_id });
  if (type === 'block_actions') {
    const [action] = actions;
    if (!action?.action_id.startsWith('jit_') || opensForm(action.action_id)) return undefined;
    const { action_id, value } = action;
    return JSON.stringify({
      type,
      user: { id: user.id },
      ...(channel ? { channel: { id: channel.id } } : {}),
      ...(message ? { message: { ts: message.ts, metadata: message.metadata } } : {}),
      trigger_id,
      actions: [{ action_id, value }],
    });
  }
  if (type === 'event_callback') return keptMessage(delivery);
  if (type !== 'view_submission' || !FORMS.includes(view.callback_id)) return undefined;
  const { id, callback_id, private_metadata, state } = view;
  return JSON.stringify({
    type,
    user: { id: user.id },
    view: { id, callback_id, private_metadata, state: { values: state.values } },
  });
}

/** Is it a command, a button, or a form that takes away, however that was said? */
export function closesAtMost(delivery: Delivery): boolean {
  return weightIn(delivery) === 'closes';
}

function weightIn(delivery: Delivery): Weight {
  const { command, text, actions, view } = delivery as unknown as Partial<Kept>;
  const [action] = actions ?? [];
  if (action) return weightOfAction(action);
  if (view) return weightOf(keptPress(view.private_metadata ?? '')?.verb ?? 'request');
  return weightOf((command === undefined ? writtenIn(delivery)?.text : text) ?? '');
}

/** Does what was kept, judged anew, and answers in the person's own chat. What it did before is not done twice. */
export async function again(
  { inbox, answers }: { readonly inbox: Inbox; readonly answers: Answers },
  what: string,
  { since, isLate, isDoubtful }: Again,
): Promise<void> {
  const seen = shaped(JSON.parse(what));
  if ('fault' in seen) throw new Error(`what was kept has ${seen.fault}`);
  const written = writtenIn(seen.delivery);
  const kept = (written ? typed(written) : seen.delivery) as unknown as Kept;
  const isTyped = kept.command !== undefined;
  const sender = isTyped
    ? senderOf(kept.user_id, kept.trigger_id, kept.channel_id)
    : senderOf(kept.user.id, kept.view?.id ?? kept.trigger_id, kept.channel?.id);
  // Who decides is looked up anew. Where Slack does not say who it is, it is tried again.
  const why = await answers.refusal(sender, 'acts');
  if (why !== undefined) return answers.turnAway(undefined, sender, why);
  const unheard = await answers.give({ sender, weight: 'shows' }, () =>
    isLate || (isDoubtful && weightIn(seen.delivery) === 'acts')
      ? Promise.resolve({ lines: [tooLateToGoOn(since)] })
      : redo(inbox, { ...answers.zoned(sender), since }, kept),
  );
  if (unheard) throw unheard;
}

/** A message is as good as a command. */
function typed({
  user,
  text,
  channel,
  key,
}: WrittenMessage): Pick<Kept, 'command' | 'text' | 'user_id' | 'channel_id' | 'trigger_id'> {
  return { command: '', text, user_id: user, channel_id: channel, trigger_id: key };
}

async function redo(inbox: Inbox, sender: Sender, kept: Kept): Promise<Answer | FormAnswer> {
  if (kept.command !== undefined) return withoutForm(await inbox.command(sender, kept.text));
  if (kept.type === 'block_actions') {
    const [action] = kept.actions;
    if (action?.action_id === ASK_PROTECTOR) return inbox.askProtector(sender, action.value ?? '');
    const typed = action && commandOf({ action_id: action.action_id, value: action.value });
    if (typed !== undefined) return withoutForm(await inbox.command(sender, typed));
    const { user, channel, message } = kept;
    const press = action && pressOf(action, { user, ...(channel ? { channel } : {}), ...(message ? { message } : {}) });
    if (!press) throw new JitError('unreadableButton');
    return inbox.press(sender, press);
  }
  const { callback_id, private_metadata = '', state } = kept.view;
  const access = filledAccess(callback_id, state.values);
  if (access) return corrected(await inbox.submit(sender, access));
  if (callback_id === PORTS_FORM)
    return corrected(await inbox.submitPorts(sender, filledPorts(private_metadata, state.values)));
  const press = keptPress(private_metadata);
  if (!press) throw new JitError('unreadableButton');
  return inbox.press(sender, { ...press, reason: reasonIn(state.values) });
}

/** The three seconds of a trigger are over. */
function withoutForm(answer: Answer): Answer {
  return answer.openForm
    ? { ...answer, lines: [[say`Drawbridge could not open the form in time. Send the command again.`]] }
    : answer;
}

/** The form is gone: what is to be corrected is said. */
function corrected({ faults, ...answer }: FormAnswer): FormAnswer {
  return faults ? { ...answer, lines: Object.values(faults).map((words) => [words]) } : answer;
}

/** `channel` is where it was said: a channel, or anything else for a private chat. */
export function senderOf(user: string, key: string, channel = ''): Sender {
  const isChannel = channel.startsWith('C') || channel.startsWith('G');
  const place = isChannel
    ? ({ chat: 'slack', kind: 'channel', id: channel } as const)
    : ({ chat: 'slack', kind: 'private', id: user } as const);
  return { chat: 'slack', user, place, key };
}

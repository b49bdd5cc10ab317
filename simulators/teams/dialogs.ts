import { randomUUID } from 'node:crypto';
import type { Seen } from './actions.ts';
import { checkCard } from './card-check.ts';
import { type Press, submitIn } from './card-press.ts';
import type { Answer, Deliver } from './delivery.ts';
import type { Drafts } from './drafts.ts';
import { isJson, type Json } from './http.ts';
import type { Person, Tenant } from './tenant.ts';

/** A message that a command of the message extension is used on (Teams, "Action commands": `messagePayload`). */
export interface Pointed {
  readonly html: string;
  readonly link: string;
}

export interface Dialogs {
  /** Uses a command of the message extension in a chat where the bot is not, from the compose box or on a message. */
  openExtension(entraId: string, commandId: string, pointed?: Pointed): Promise<Seen>;
  /** Presses a button of the dialog that the person has open. Throws when there is none. */
  submitDialog(entraId: string, press: Press): Promise<Seen>;
}

const CARD = 'application/vnd.microsoft.card.adaptive';
const SORRY = 'Unable to reach app. Please try again.';
const SIZES = ['small', 'medium', 'large'];

/** What is wrong with the answer to what a dialog sends (Teams, "Action commands": responses). */
function checkTask({ status, body }: Answer): string[] {
  if (status === 0) return ['no answer in time'];
  if (status !== 200) return [`HTTP status ${status} instead of 200`];
  if (body === '' || (isJson(body) && Object.keys(body).length === 0)) return [];
  if (!isJson(body) || !isJson(body.task) || Object.keys(body).length !== 1) return ["the body has no 'task' alone"];
  const { type, value, ...more } = body.task;
  const unknown = Object.keys(more).map((name) => `a task has no property '${name}'`);
  if (type === 'message')
    return typeof value === 'string' && value !== '' ? unknown : [...unknown, 'value: a text is expected'];
  if (type !== 'continue' || !isJson(value)) return [...unknown, `no task has type '${type}' with this value`];
  return [...unknown, ...checkInfo(value)];
}

function checkInfo({ title, width, height, card, ...more }: Json): string[] {
  const problems = Object.keys(more).map((name) => `a dialog has no property '${name}'`);
  if (title !== undefined && typeof title !== 'string') problems.push('title: a text is expected');
  for (const size of [width, height])
    if (typeof size !== 'number' && !SIZES.includes(`${size ?? 'small'}`)) problems.push(`'${size}' is no size`);
  if (!isJson(card) || card.contentType !== CARD) return [...problems, 'card: an attachment with a card is expected'];
  // NB. dialogs know Action.Submit alone ("Dialogs": Adaptive Cards).
  const foreign = JSON.stringify(card.content).includes('"Action.Execute"') ? ['a dialog knows no Action.Execute'] : [];
  return [...problems, ...foreign, ...checkCard(card.content)];
}

export function createDialogs(tenant: Tenant, drafts: Drafts, deliver: Deliver): Dialogs {
  async function send(person: Person, name: string, value: Json): Promise<Seen> {
    const answer = await deliver(drafts.extension(person, name, value));
    const problems = checkTask(answer);
    tenant.closeDialog(person);
    if (problems.length > 0) {
      tenant.notice(person, 'error', SORRY);
      return { ...answer, ok: false, notice: SORRY, problems };
    }
    const task = isJson(answer.body) && isJson(answer.body.task) ? answer.body.task : {};
    if (task.type === 'continue') {
      const { title, card } = task.value as { readonly title?: string; readonly card: { readonly content: Json } };
      tenant.openDialog(person, { title: title ?? '', card: card.content, asked: value });
      return answer;
    }
    const notice = `${task.value ?? ''}`;
    if (notice !== '') tenant.notice(person, 'text', notice);
    return { ...answer, notice };
  }

  return {
    async openExtension(entraId, commandId, pointed) {
      const person = tenant.need(entraId);
      const payload = pointed && {
        id: tenant.newId(),
        linkToMessage: pointed.link,
        body: { contentType: 'html', content: pointed.html },
      };
      return send(person, 'composeExtension/fetchTask', {
        commandId,
        commandContext: pointed ? 'message' : 'compose',
        requestId: randomUUID().replaceAll('-', ''),
        context: { theme: 'default' },
        ...(payload ? { messagePayload: payload } : {}),
      });
    },

    async submitDialog(entraId, press) {
      const person = tenant.need(entraId);
      const open = tenant.dialog(person);
      if (!open) throw new Error(`${person.name} has no dialog open`);
      const pressed = submitIn(open.card, press);
      if ('complaint' in pressed) return { ok: false, status: 0, body: '', notice: pressed.complaint };
      const { messagePayload: _, ...asked } = open.asked;
      return send(person, 'composeExtension/submitAction', { ...asked, data: pressed.data });
    },
  };
}

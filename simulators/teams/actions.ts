import { checkCard } from './card-check.ts';
import { type Press, pressButton, submitButton } from './card-press.ts';
import type { Answer, Deliver } from './delivery.ts';
import type { Drafts, Where } from './drafts.ts';
import { isJson, type Json } from './http.ts';
import { type Activity, GROUP, type Person, type Tenant, threadId } from './tenant.ts';

/** What a person sees of what they did, and what the bot really answered. */
export interface Seen extends Answer {
  /** The text that Teams shows to this person alone. */
  readonly notice?: string;
  /** What was wrong with the bot's answer, for the one who wrote the bot. */
  readonly problems?: readonly string[];
}

export interface Actions {
  /** Writes to the bot. Throws when the person has no such conversation. */
  say(entraId: string, where: Where, text: string): Promise<Seen>;
  /** Presses a button of a message's card, as this person sees it now. Throws when there is no such button. */
  execute(entraId: string, activityId: string, press: Press): Promise<Seen>;
  /**
   * The same in a client that does not know `Action.Execute`: it sends the button's `fallback` as a message. Throws when
   * there is none, as such a client would show no button.
   */
  submit(entraId: string, activityId: string, press: Press): Promise<Seen>;
  /**
   * Looks at a message again: Teams runs the card's `refresh` for the people whom the card names (by itself), or for
   * anybody who asks ("Refresh card"). Undefined when the card has no refresh for this person.
   */
  refresh(entraId: string, activityId: string, trigger?: 'automatic' | 'manual'): Promise<Seen | undefined>;
  /** Adds the app for a person: the chat opens and the bot is told. */
  install(entraId: string): Promise<Seen>;
  /** Removes the app for a person. */
  uninstall(entraId: string): Promise<Seen>;
}

const CARD = 'application/vnd.microsoft.card.adaptive';
const MESSAGE = 'application/vnd.microsoft.activity.message';
/** What Teams shows when an answer is late, malformed or an error. */
const SORRY = 'Something went wrong. Please try again.';

/** What is wrong with the answer to an `adaptiveCard/action` (Teams, "Universal Actions": the response format). */
function checkAnswer({ status, body }: Answer): string[] {
  if (status === 0) return ['no answer in time'];
  if (status !== 200) return [`HTTP status ${status} instead of 200`];
  if (!isJson(body)) return ['the body is not an object'];
  const unknown = Object.keys(body).filter((name) => !['statusCode', 'type', 'value'].includes(name));
  if (unknown.length > 0) return unknown.map((name) => `an answer has no property '${name}'`);
  if (body.type === CARD && body.statusCode === 200) return checkCard(body.value);
  if (body.type === MESSAGE && body.statusCode === 200)
    return typeof body.value === 'string' && body.value !== '' ? [] : ['value: a text is expected'];
  const isError = body.type === 'application/vnd.microsoft.error' && Number(body.statusCode) >= 400;
  if (!isError) return [`no answer has type '${body.type}' with statusCode ${body.statusCode}`];
  return isJson(body.value) && typeof body.value.message === 'string' ? [] : ['value: code and message are expected'];
}

/** What the people of the tenant can do in Teams. */
export function createActions(tenant: Tenant, drafts: Drafts, deliver: Deliver): Actions {
  /** The message, if the person can see it, and its first card as they see it. */
  function look(person: Person, activityId: string): { activity: Activity; card: Json } {
    const activity = tenant.activity(activityId);
    const mine = activity?.conversationId === tenant.chatId(person);
    const visible = activity && (mine || (person.inTeam && activity.conversationId.startsWith('19:')));
    const card = visible && !activity.deleted ? (activity.cardsFor[person.entraId] ?? activity.cards[0]) : undefined;
    if (!activity || !card) throw new Error(`${person.name} sees no card in the message '${activityId}'`);
    return { activity, card };
  }

  async function invoke(person: Person, activity: Activity, action: Json, trigger: 'manual' | 'automatic') {
    const answer = await deliver(drafts.cardAction(person, activity, action, trigger));
    const problems = checkAnswer(answer);
    const body = isJson(answer.body) ? answer.body : {};
    if (problems.length > 0 || Number(body.statusCode) >= 400) {
      // A refresh that fails leaves the old card and says nothing.
      if (trigger === 'manual') tenant.notice(person, 'error', SORRY, activity.id);
      return { ...answer, ok: false, notice: SORRY, problems };
    }
    if (body.type === CARD) {
      activity.cardsFor[person.entraId] = body.value as Json;
      tenant.changed();
      return answer;
    }
    const notice = `${body.value}`;
    tenant.notice(person, 'text', notice, activity.id);
    return { ...answer, notice };
  }

  async function tell(person: Person, activity: Json): Promise<Seen> {
    const answer = await deliver(activity);
    if (answer.ok) return answer;
    tenant.notice(person, 'error', SORRY);
    return { ...answer, notice: SORRY };
  }

  function needPlace(person: Person, where: Where): void {
    if (where === 'personal') {
      if (!person.installed) throw new Error(`${person.name} has not added the app`);
      tenant.openChat(person);
      return;
    }
    if (where === 'group' && person.inTeam && tenant.groupInstalled) return;
    if (!person.inTeam || !tenant.teamInstalled) throw new Error(`${person.name} cannot reach the bot in the channel`);
    const rootId = where.split(';messageid=')[1] ?? '';
    if (where !== 'channel' && tenant.activity(rootId)?.conversationId !== where)
      throw new Error(`there is no thread '${where}'`);
  }

  function placeOf(person: Person, where: Where, id: string): string {
    if (where === 'personal') return tenant.chatId(person);
    if (where === 'group') return GROUP.id;
    return where === 'channel' ? threadId(id) : where;
  }

  return {
    async say(entraId, where, text) {
      const person = tenant.need(entraId);
      needPlace(person, where);
      const draft = drafts.message(person, where, text);
      const id = `${draft.id}`;
      tenant.write({
        id,
        conversationId: placeOf(person, where, id),
        from: { id: person.teamsId, name: person.name, isBot: false },
        text: where === 'personal' ? text : `@Drawbridge ${text}`,
        cards: [],
      });
      return tell(person, draft);
    },

    async execute(entraId, activityId, press) {
      const person = tenant.need(entraId);
      const { activity, card } = look(person, activityId);
      const pressed = pressButton(card, press);
      if ('action' in pressed) return invoke(person, activity, pressed.action, 'manual');
      // Teams' client shows the card's own message under the input and sends nothing.
      return { ok: false, status: 0, body: '', notice: pressed.complaint };
    },

    async submit(entraId, activityId, press) {
      const person = tenant.need(entraId);
      const { activity, card } = look(person, activityId);
      const pressed = submitButton(card, press);
      if ('data' in pressed) return tell(person, drafts.submitted(person, activity, pressed.data));
      return { ok: false, status: 0, body: '', notice: pressed.complaint };
    },

    async refresh(entraId, activityId, trigger = 'automatic') {
      const person = tenant.need(entraId);
      const { activity } = look(person, activityId);
      const refresh = activity.cards[0]?.refresh;
      if (!isJson(refresh) || !isJson(refresh.action)) return undefined;
      const named = Array.isArray(refresh.userIds) ? refresh.userIds.includes(person.teamsId) : true;
      return named || trigger === 'manual' ? invoke(person, activity, refresh.action, trigger) : undefined;
    },

    async install(entraId) {
      tenant.setPerson(entraId, { installed: true });
      const person = tenant.need(entraId);
      tenant.openChat(person);
      await tell(person, drafts.membersAdded(person));
      return tell(person, drafts.installation(person, 'add'));
    },

    async uninstall(entraId) {
      tenant.setPerson(entraId, { installed: false });
      return tell(tenant.need(entraId), drafts.installation(tenant.need(entraId), 'remove'));
    },
  };
}

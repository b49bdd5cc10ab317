import { checkSuggestions } from './block-kit.ts';
import { clientErrors, findElement, type Given, stateWith } from './element-state.ts';
import { SlackError } from './errors.ts';
import { action, closing, submission, suggestion, viewAction } from './payloads.ts';
import { failed, type Seen, seen } from './seen.ts';
import { isObject, type Json } from './shape.ts';
import type { Tools } from './tools.ts';
import type { SlackUser, SlackView } from './types.ts';

const TROUBLE = 'We had some trouble connecting. Try again?';
const NOT_SENT: Seen = { ok: true, status: 0, body: '' };
/** Characters before an external menu asks the app, unless the menu says otherwise. */
const MIN_QUERY = 3;

/** What is put in each element of a modal. */
export type Filled = { readonly [blockId: string]: { readonly [actionId: string]: Given } };

/** What people do in modals (docs.slack.dev/surfaces/modals). */
export class ViewActs {
  readonly #tools: Tools;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  /** Presses, chooses or types in an open modal; the app hears of it where Slack tells it. */
  async change(userId: string, viewId: string, actionId: string, given?: Given, blockId?: string): Promise<Seen> {
    const { workspace, triggers, sender } = this.#tools;
    const { user, view } = this.#open(userId, viewId);
    const { block, element } = findElement(view.blocks, actionId, blockId);
    const state = given === undefined ? undefined : this.#fill(view, block, element, given);
    if (block.type === 'input' && block.dispatch_action !== true) return NOT_SENT;
    const reaction = await sender.interaction(
      viewAction(user, view, {
        actions: [action(block, element, state, workspace.nextTs())],
        values: workspace.modals.values(view),
        trigger_id: triggers.issue(userId),
      }),
    );
    const answered = seen(reaction);
    return answered.ok ? answered : failed(workspace, userId, answered.status, TROUBLE);
  }

  /** Types in an external menu: the app is asked for options, one of which can then be chosen. */
  async suggest(userId: string, viewId: string, actionId: string, typed: string, blockId?: string): Promise<Seen> {
    const { workspace, sender } = this.#tools;
    const { user, view } = this.#open(userId, viewId);
    const { block, element } = findElement(view.blocks, actionId, blockId);
    if (!String(element.type).endsWith('external_select')) throw new Error(`"${actionId}" is no external menu.`);
    if (typed.length < Number(element.min_query_length ?? MIN_QUERY)) return { ...NOT_SENT, options: [] };
    const values = workspace.modals.values(view);
    const which = { block_id: String(block.block_id), action_id: actionId, value: typed };
    const answered = seen(await sender.interaction(suggestion(user, view, { ...which, values })));
    const answer = parse(answered.body);
    // The client shows nothing better than this, whatever went wrong.
    if (!answered.ok || checkSuggestions(answer).length > 0) return { ...answered, ok: false, notice: 'No results' };
    const groups = Array.isArray(answer.option_groups) ? (answer.option_groups as Json[]) : [];
    const options = [...((answer.options as Json[] | undefined) ?? []), ...groups.flatMap((g) => g.options as Json[])];
    workspace.modals.offer(viewId, actionId, options);
    return { ...answered, options };
  }

  /** Fills in a modal and submits it. */
  async submit(userId: string, viewId: string, filled: Filled = {}): Promise<Seen> {
    const { workspace, triggers, sender } = this.#tools;
    if (this.#open(userId, viewId).view.submit === null) throw new Error('This modal has nothing to submit.');
    for (const [blockId, elements] of Object.entries(filled))
      for (const [actionId, given] of Object.entries(elements))
        await this.#put(userId, viewId, { blockId, actionId, given });
    const { user, view } = this.#open(userId, viewId);
    const values = workspace.modals.values(view);
    const errors = clientErrors(view.blocks, values);
    workspace.modals.setErrors(userId, errors);
    if (Object.keys(errors).length > 0) return { ok: false, status: 0, body: '', errors };
    const answered = seen(await sender.interaction(submission(user, view, values, triggers.issue(userId))));
    if (!answered.ok) return failed(workspace, userId, answered.status, TROUBLE);
    try {
      return { ...answered, ...this.#respond(userId, view, answered.body) };
    } catch (error) {
      if (!(error instanceof SlackError)) throw error;
      return failed(workspace, userId, answered.status, TROUBLE);
    }
  }

  /** Closes the top modal without submitting it. */
  async close(userId: string, viewId: string): Promise<Seen> {
    const { workspace, sender } = this.#tools;
    const { user, view } = this.#open(userId, viewId);
    const values = workspace.modals.values(view);
    const clears = view.clear_on_close === true;
    if (clears) workspace.modals.closeAll(userId);
    else workspace.modals.close(userId, viewId);
    if (view.notify_on_close !== true) return NOT_SENT;
    return seen(await sender.interaction(closing(user, view, values, clears)));
  }

  /** Does what the app's answer to a submission says. */
  #respond(userId: string, view: SlackView, body: string): Partial<Seen> {
    const { modals } = this.#tools.workspace;
    const answer = body === '' ? {} : parse(body);
    switch (answer.response_action) {
      case undefined:
        if (Object.keys(answer).length > 0) throw new SlackError('invalid_response');
        modals.close(userId, view.id);
        return {};
      case 'clear':
        modals.closeAll(userId);
        return {};
      case 'update':
        modals.update(view.id, answer.view);
        return {};
      case 'push':
        modals.push(userId, answer.view);
        return {};
      case 'errors': {
        const errors = readErrors(view, answer.errors);
        modals.setErrors(userId, errors);
        return { ok: false, errors };
      }
      default:
        throw new SlackError('invalid_response');
    }
  }

  /** Fills in what is not so yet; the app hears of it where the block says so, before anything is submitted. */
  async #put(
    userId: string,
    viewId: string,
    { blockId, actionId, given }: { readonly blockId: string; readonly actionId: string; readonly given: Given },
  ): Promise<void> {
    const { view } = this.#open(userId, viewId);
    const { block, element } = findElement(view.blocks, actionId, blockId);
    const { modals } = this.#tools.workspace;
    const state = stateWith(element, given, modals.offered(view.id, actionId));
    const held = modals.values(view)[blockId]?.[actionId];
    if (JSON.stringify(held) === JSON.stringify(state)) return;
    if (block.dispatch_action === true) await this.change(userId, viewId, actionId, given, blockId);
    else this.#fill(view, block, element, given);
  }

  #fill(view: SlackView, block: Json, element: Json, given: Given): Json {
    const { modals } = this.#tools.workspace;
    const actionId = String(element.action_id);
    const state = stateWith(element, given, modals.offered(view.id, actionId));
    modals.fill(view.id, String(block.block_id), actionId, state);
    return state;
  }

  /** The person and the modal, which has to be on top of their stack. */
  #open(userId: string, viewId: string): { user: SlackUser; view: SlackView } {
    const { workspace } = this.#tools;
    const user = workspace.user(userId);
    const view = workspace.modals.stacks.get(userId)?.at(-1);
    if (!user || view?.id !== viewId) throw new Error(`${userId} does not have ${viewId} in front of them.`);
    return { user, view };
  }
}

function parse(body: string): Json {
  try {
    const answer: unknown = JSON.parse(body);
    return isObject(answer) ? answer : { response_action: 'not an object' };
  } catch {
    return { response_action: 'not JSON' };
  }
}

/** Errors can stand at input blocks only; at anything else Slack shows none of them. */
function readErrors(view: SlackView, errors: unknown): { [blockId: string]: string } {
  const inputs = view.blocks.filter((b) => b.type === 'input').map((b) => b.block_id);
  const isValid =
    isObject(errors) &&
    Object.keys(errors).length > 0 &&
    Object.entries(errors).every(([id, text]) => inputs.includes(id) && typeof text === 'string' && text !== '');
  if (!isValid) throw new SlackError('invalid_response');
  return errors as { [blockId: string]: string };
}

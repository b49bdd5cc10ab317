import { randomBytes } from 'node:crypto';
import type { Clock } from '../shared/clock.ts';
import { checkModal, isViewTooLarge, withIds } from './block-kit.ts';
import { type Values, valuesOf } from './element-state.ts';
import { invalidArguments, SlackError } from './errors.ts';
import { BOT, TEAM } from './identity.ts';
import type { Json } from './shape.ts';
import type { SlackView } from './types.ts';

const STACK_LIMIT = 3;

interface Open {
  readonly userId: string;
  readonly view: SlackView;
}

/** The modals that people have open: a stack of at most three each (docs.slack.dev/surfaces/modals). */
export class Modals {
  readonly stacks = new Map<string, SlackView[]>();
  readonly errors = new Map<string, { [blockId: string]: string }>();
  readonly #values = new Map<string, Values>();
  readonly #options = new Map<string, readonly unknown[]>();
  readonly #clock: Clock;
  readonly #changed: () => void;
  #last = 0;

  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  /** The view with this id, if somebody has it open. */
  find(viewId: string): Open | undefined {
    return this.#search((view) => view.id === viewId);
  }

  findExternal(externalId: string): Open | undefined {
    return this.#search((view) => view.external_id === externalId);
  }

  /** Opens a modal in the place of whatever the person had open. */
  open(userId: string, given: unknown): SlackView {
    return this.#show(userId, [], this.#make(given));
  }

  /** Puts a modal on top of the person's stack. */
  push(userId: string, given: unknown): SlackView {
    const stack = this.stacks.get(userId);
    if (!stack) throw new SlackError('not_found');
    if (stack.length >= STACK_LIMIT) throw new SlackError('push_limit_reached');
    return this.#show(userId, stack, this.#make(given, stack));
  }

  /** Puts other content in an open view; what was filled in stays where block and action ids stay. */
  update(viewId: string, given: unknown, hash?: string): SlackView {
    const open = this.find(viewId);
    if (!open) throw new SlackError('not_found');
    if (hash !== undefined && hash !== open.view.hash) throw new SlackError('hash_conflict');
    const { id, root_view_id, previous_view_id } = open.view;
    const view = { ...this.#make(given, [], id), id, root_view_id, previous_view_id };
    const stack = this.stacks.get(open.userId) ?? [];
    this.#set(
      open.userId,
      stack.map((v) => (v.id === id ? view : v)),
    );
    return view;
  }

  /** Closes one modal of a person's stack. */
  close(userId: string, viewId: string): void {
    this.#set(
      userId,
      (this.stacks.get(userId) ?? []).filter((view) => view.id !== viewId),
    );
  }

  closeAll(userId: string): void {
    this.#set(userId, []);
  }

  setErrors(userId: string, errors: { [blockId: string]: string }): void {
    if (Object.keys(errors).length > 0) this.errors.set(userId, errors);
    else this.errors.delete(userId);
    this.#changed();
  }

  /** Everybody's stacks, each view with what its elements hold. */
  shown(): Map<string, SlackView[]> {
    const shown = (view: SlackView): SlackView => ({ ...view, state: { values: this.values(view) } });
    return new Map([...this.stacks].map(([userId, stack]) => [userId, stack.map(shown)]));
  }

  /** What the elements of a view hold now. */
  values(view: SlackView): Values {
    return valuesOf(view.blocks, this.#values.get(view.id));
  }

  fill(viewId: string, blockId: string, actionId: string, state: Json): void {
    const values = this.#values.get(viewId) ?? {};
    this.#values.set(viewId, { ...values, [blockId]: { ...values[blockId], [actionId]: state } });
    this.#changed();
  }

  /** Remembers the options that the app offered for what a person typed, so that one of them can be chosen. */
  offer(viewId: string, actionId: string, options: readonly unknown[]): void {
    this.#options.set(`${viewId}/${actionId}`, options);
  }

  offered(viewId: string, actionId: string): readonly unknown[] {
    return this.#options.get(`${viewId}/${actionId}`) ?? [];
  }

  #search(matches: (view: SlackView) => boolean): Open | undefined {
    for (const [userId, stack] of this.stacks) {
      const view = stack.find(matches);
      if (view) return { userId, view };
    }
    return undefined;
  }

  #make(given: unknown, stack: readonly SlackView[] = [], replaces?: string): SlackView {
    if (isViewTooLarge(given)) throw new SlackError('view_too_large');
    const flaws = checkModal(given);
    if (flaws.length > 0) throw invalidArguments(flaws);
    const modal = given as Json & { blocks: Json[] };
    const twin = modal.external_id ? this.findExternal(String(modal.external_id)) : undefined;
    if (twin && twin.view.id !== replaces) throw new SlackError('duplicate_external_id');
    this.#last += 1;
    const id = `V${this.#last.toString().padStart(10, '0')}`;
    return {
      callback_id: '',
      private_metadata: '',
      close: null,
      submit: null,
      clear_on_close: false,
      notify_on_close: false,
      ...modal,
      id,
      type: 'modal',
      team_id: TEAM.id,
      app_installed_team_id: TEAM.id,
      app_id: BOT.appId,
      bot_id: BOT.id,
      blocks: withIds(modal.blocks),
      external_id: String(modal.external_id ?? ''),
      state: { values: {} },
      hash: `${Math.floor(this.#clock() / 1000)}.${randomBytes(4).toString('hex')}`,
      root_view_id: stack[0]?.id ?? id,
      previous_view_id: stack.at(-1)?.id ?? null,
    };
  }

  #show(userId: string, below: readonly SlackView[], view: SlackView): SlackView {
    this.#set(userId, [...below, view]);
    return view;
  }

  #set(userId: string, stack: SlackView[]): void {
    if (stack.length > 0) this.stacks.set(userId, stack);
    else this.stacks.delete(userId);
    this.errors.delete(userId);
    this.#changed();
  }
}

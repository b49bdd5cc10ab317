import type { ModalView, PlainTextOption } from '@slack/types';
import type { Typed } from '../../src/core/language/command.ts';
import { say } from '../../src/core/language/say.ts';
import { phrased, plainly, spoken } from '../../src/core/language/text.ts';
import type { Answer, Inbox, Sender } from '../../src/ports/inbox.ts';
import type { Log } from '../../src/ports/log.ts';
import type { Clients } from './clients.ts';
import { slackCode, slackError } from './errors.ts';
import { filled, GLASS_FORM, notice, portsForm, skeleton, type Values } from './form.ts';
import { opened, titleOf } from './opening.ts';
import type { Members } from './people.ts';
import { type FormState, requestForm } from './request-form.ts';
import { wordsFor } from './sorry.ts';
import { cut, type SlackIdOf, type SlackReader } from './text.ts';

/** The form that somebody has in front of them, as Slack tells of it with what they did in it. */
export interface OpenForm {
  readonly id: string;
  readonly hash?: string;
  readonly callback_id?: string;
  readonly state?: { readonly values: Values };
  readonly blocks?: readonly FormBlock[];
}

interface FormBlock {
  readonly type: string;
  readonly block_id?: string;
  readonly element?: { readonly action_id?: string; readonly initial_value?: string };
}

interface FormsDeps {
  readonly clients: Clients;
  readonly inbox: Inbox;
  readonly log: Log;
  readonly slackIdOf: SlackIdOf;
  readonly members: Members;
}

/** So many forms at once are remembered as being drawn anew. */
const MOST_DRAWN = 1_000;

/** The forms for access: opened at once, and following the machine that is chosen in them. */
export class RequestForms {
  readonly #deps: FormsDeps;
  /** Which choice of a form is its newest, by its view. */
  readonly #newest = new Map<string, number>();
  #choices = 0;

  constructor(deps: FormsDeps) {
    this.#deps = deps;
  }

  /** At once, as a trigger lives for three seconds only; the choices may take longer. */
  async open(
    sender: Sender,
    trigger: string,
    wanted: NonNullable<Answer['openForm']>,
    given?: () => Promise<Typed>,
  ): Promise<void> {
    const { inbox, clients, log } = this.#deps;
    const reader = this.#readerOf(sender);
    const { tongue } = reader;
    const title = titleOf(wanted);
    const { view } = await opened(clients.interactive, trigger, skeleton(title, tongue));
    const id = view?.id ?? '';
    const form = async () =>
      wanted.form === 'ports'
        ? portsForm(await inbox.portsForm(sender, wanted.machine), tongue)
        : requestForm(await inbox.form(sender, wanted.isBreakGlass, given ? await given() : wanted.typed), reader);
    try {
      await this.#fill(id, await form());
    } catch (error) {
      const { line, reference } = wordsFor(error);
      log.error({ error, reference }, 'the form could not be shown in Slack');
      await this.#fill(id, notice(say`${line}`, tongue, title));
    }
  }

  /** Whoever closed it meanwhile does not want it any more. */
  async #fill(view_id: string, view: ModalView): Promise<void> {
    await this.#deps.clients.interactive.views.update({ view_id, view }).catch((error: unknown) => {
      if (slackCode(error) !== 'not_found') throw slackError(error);
    });
  }

  /** A machine was chosen: its ports, its longest time, its source, and who would be asked. What was filled in stays. */
  async follow(sender: Sender, open: OpenForm, chosen: PlainTextOption): Promise<void> {
    const { inbox } = this.#deps;
    const choice = this.#begin(open.id);
    const isGlass = open.callback_id === GLASS_FORM ? true : undefined;
    const form = await inbox.form(sender, isGlass, { machine: chosen.value });
    if (this.#newest.get(open.id) !== choice) return;
    // Whoever may not ask for it any more keeps what they wrote, and reads why.
    const view =
      form.refusal === undefined ? requestForm(form, this.#readerOf(sender), heldIn(open, chosen)) : undefined;
    await this.#draw(
      open,
      view ?? withNote(open, phrased(form.refusal ?? '', this.#readerOf(sender).tongue)),
      () => this.#newest.get(open.id) === choice,
    );
    if (this.#newest.get(open.id) === choice) this.#newest.delete(open.id);
  }

  /** Says in the form what came of it; undefined when it does. */
  async askProtector(sender: Sender, open: OpenForm | undefined, machine: string): Promise<Answer | undefined> {
    const answer = await this.#deps.inbox.askProtector(sender, machine);
    if (!open) return answer;
    const isSaid = await this.#draw(
      open,
      withNote(open, answer.lines.map((line) => plainly(spoken(line, this.#readerOf(sender).tongue))).join(' ')),
      () => false,
    );
    return isSaid ? undefined : answer;
  }

  #readerOf({ user }: Sender): SlackReader {
    return { slackIdOf: this.#deps.slackIdOf, tongue: this.#deps.members.knownTongueOf(user) };
  }

  #begin(view: string): number {
    if (this.#newest.size >= MOST_DRAWN) this.#newest.clear();
    this.#choices += 1;
    this.#newest.set(view, this.#choices);
    return this.#choices;
  }

  /**
   * Over what was shown when it was chosen. Where something else was drawn meanwhile, only what is newest is drawn over it; a form
   * that was sent or closed is left. False when it is not shown.
   */
  async #draw({ id, hash }: OpenForm, view: ModalView, isNewest: () => boolean): Promise<boolean> {
    const { views } = this.#deps.clients.interactive;
    try {
      await views.update({ view_id: id, view, ...(hash === undefined ? {} : { hash }) });
      return true;
    } catch (error) {
      const code = slackCode(error);
      if (code === 'hash_conflict' && isNewest()) return this.#draw({ id }, view, () => false);
      if (code !== 'hash_conflict' && code !== 'not_found')
        this.#deps.log.warn({ error }, 'a form in Slack could not follow what was chosen');
      return false;
    }
  }
}

/** What is in it now. */
function heldIn({ state, blocks = [] }: OpenForm, chosen: PlainTextOption): FormState {
  const source = blocks.find((block) => block.block_id === 'source')?.element;
  const given = { source: source?.initial_value ?? '', actionId: source?.action_id ?? 'source' };
  return { ...filled(state?.values ?? {}), chosen, given };
}

const NOTE = 'about';

/** The same form, with this in the place of what followed from the machine. */
function withNote({ callback_id, blocks = [], ...open }: OpenForm, words: string): ModalView {
  const note = { type: 'section', block_id: NOTE, text: { type: 'plain_text', text: cut(words, 3_000) } };
  const others = blocks.filter(({ block_id }) => block_id !== NOTE);
  const machine = others.findIndex(({ block_id }) => block_id === 'machine');
  const shown = [...others.slice(0, machine + 1), note, ...others.slice(machine + 1)];
  const { title, submit, close, private_metadata } = open as unknown as ModalView;
  return {
    type: 'modal',
    ...(callback_id === undefined ? {} : { callback_id }),
    ...(private_metadata ? { private_metadata } : {}),
    title,
    ...(submit ? { submit } : {}),
    ...(close ? { close } : {}),
    blocks: shown as unknown as ModalView['blocks'],
  };
}

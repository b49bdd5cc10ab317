import { setTimeout as pause } from 'node:timers/promises';
import type { SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import { JitError } from '../../src/core/errors/errors.ts';
import { formSpans } from '../../src/core/errors/in-form.ts';
import { plainly, spoken } from '../../src/core/language/text.ts';
import { weightOf } from '../../src/core/language/weight.ts';
import { BOXES } from '../../src/core/view/boxes.ts';
import type { Answer, FormAnswer, Inbox, Press, Sender } from '../../src/ports/inbox.ts';
import type { Answers } from './answer.ts';
import { keptPress } from './buttons.ts';
import { faultsByBlock, reasonIn } from './form.ts';
import type { Members } from './people.ts';
import { inBox } from './text.ts';

/** Of one error below a field, in characters: ours. */
const FAULT = 600;

interface SubmissionDeps {
  readonly inbox: Inbox;
  readonly answers: Answers;
  readonly members: Members;
  readonly answerMs: number;
}

type Submission = Pick<SlackViewMiddlewareArgs<ViewSubmitAction>, 'ack'>;

/** Forms that were sent: each closes when it was taken; what is to be corrected is said in it, and it stays open. */
export class Submissions {
  readonly #deps: SubmissionDeps;

  constructor(deps: SubmissionDeps) {
    this.#deps = deps;
  }

  async form(sender: Sender, { ack }: Submission, submit: () => Promise<FormAnswer>): Promise<unknown> {
    return this.#taken(
      sender,
      { ack },
      submit,
      ({ faults }) => faults && faultsByBlock(faults, this.#tongueOf(sender)),
    );
  }

  /** The one box of a dialog that a button opened. */
  async reason(
    sender: Sender,
    { ack }: Submission,
    view: { readonly private_metadata: string; readonly state: { readonly values: Parameters<typeof reasonIn>[0] } },
  ): Promise<unknown> {
    const reason = reasonIn(view.state.values);
    const press = keptPress(view.private_metadata);
    if (!press) throw new JitError('unreadableButton');
    if (reason.trim() === '') {
      const missing = new JitError(BOXES[press.verb]?.missing ?? 'missingDenyReason');
      const said = spoken(formSpans(missing), this.#tongueOf(sender));
      return ack({
        response_action: 'errors',
        errors: { reason: inBox(plainly(said), FAULT, this.#tongueOf(sender)) },
      });
    }
    if (press.verb === 'less') return this.#terms(sender, { ack }, { ...press, reason });
    await ack();
    return this.#deps.answers.give({ sender, weight: weightOf(press.verb), isKept: true }, () =>
      this.#deps.inbox.press(sender, { ...press, reason }),
    );
  }

  /** Terms that cannot be offered are corrected where they were typed. */
  #terms(sender: Sender, submission: Submission, press: Press): Promise<unknown> {
    const said = ({ lines }: Answer) => lines.map((line) => plainly(spoken(line, this.#tongueOf(sender)))).join(' ');
    return this.#taken(
      sender,
      submission,
      () => this.#deps.inbox.press(sender, press),
      (answer) =>
        answer.refused && answer.lines.length > 0
          ? { reason: inBox(said(answer), FAULT, this.#tongueOf(sender)) }
          : undefined,
    );
  }

  /** What takes too long is acknowledged, and told afterwards. */
  async #taken<A extends Answer>(
    sender: Sender,
    { ack }: Submission,
    submit: () => Promise<A>,
    errorsOf: (answer: A) => Record<string, string> | undefined,
  ): Promise<unknown> {
    const work = this.#unlessRefused(sender, submit).then((answer) => ({ answer }));
    const first = await Promise.race([work, pause(this.#deps.answerMs, undefined, { ref: false })]);
    const errors = first?.answer && errorsOf(first.answer);
    if (errors) return ack({ response_action: 'errors', errors });
    await ack();
    return this.#deps.answers.give({ sender, weight: 'shows' }, async () => (await work).answer);
  }

  async #unlessRefused<A>(sender: Sender, submit: () => Promise<A>): Promise<A | undefined> {
    return (await this.#deps.answers.refusal(sender, 'acts')) === undefined ? submit() : undefined;
  }

  #tongueOf({ user }: Sender) {
    return this.#deps.members.knownTongueOf(user);
  }
}

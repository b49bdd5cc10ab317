import type { Instant } from '../language/instant.ts';
import { quotedWithin, singled } from '../language/quotation.ts';
import { about, lasting, say } from '../language/say.ts';
import type { Line, Phrase } from '../language/text.ts';
import { CLOUD_NAMES, cloudOf } from '../machine/machine.ts';
import type { GlassBroken } from '../request/break-glass.ts';
import { type Activating, type Active, type Ended, isInForce, type Request } from '../request/request.ts';
import { type Broken, isReviewable } from '../request/reviewing.ts';
import { worstText } from './proof-words.ts';
import type { Button, Fact, Note, Remark, View } from './view.ts';
import { approvers, connectWords, fromText, lowered, nameOf, over, portList, who } from './words.ts';

/** `Access`, or `Break-glass access`: what a card is about. */
export function accessWord({ breakGlass }: Pick<Request, 'breakGlass'>): Phrase {
  return breakGlass ? say`Break-glass access` : say`Access`;
}

/** `Approved by Grace`, or that nobody approved it. */
export function letInBy(request: Request): Line {
  return request.breakGlass ? [say`Without an approval (break-glass)`] : [say`Approved by ${approvers(request)}`];
}

/** What everybody hears at once, with all that is to be known to judge it; the reason where a phone shows it. */
export function onBreaking(request: Activating, glass: GlassBroken): Pick<View, 'announce' | 'headline'> {
  const what = say`${portList(request.ports)} from ${fromText(request)} for ${lasting(request.forMs)}`;
  const where = `${nameOf(request)} (${CLOUD_NAMES[cloudOf(request.machine)]})`;
  const said: Line = [say`BREAK-GLASS: ${who(request.requester)} opens ${where}: ${what}. `];
  return { announce: 'glass-broken', headline: [...said, ...lastWords(request, glass)] };
}

/** The same once it is open: where that is quick, it is the first that anybody hears. */
export function onGlassOpen(request: Active, glass: GlassBroken): Pick<View, 'announce' | 'headline'> {
  const { until } = request.lease;
  const connect = connectWords(request);
  const open = say`: ${nameOf(request)} is open: ${portList(request.ports)} from ${fromText(request)} until `;
  const said: Line = [say`BREAK-GLASS: ${who(request.requester)}${open}${{ at: until }}. `];
  const to = connect === undefined ? [] : [say` Connect to ${connect}.`];
  return { announce: `open-${until}`, headline: [...said, ...lastWords(request, glass), ...to] };
}

function lastWords({ askedAt, justification }: Request, { reviewBy }: GlassBroken): Line {
  const due = say`Nobody approved this. A review is due within ${about(reviewBy - askedAt)}.`;
  return [say`Reason: ${quotedWithin(justification)} ${due}`];
}

/** For whoever sees the card: why it looks as it does, and what is owed. */
export function glassNotes(request: Request): readonly Note[] {
  if (isReviewable(request) && request.breakGlass.askedAt !== undefined) return [owedNote(request)];
  if (!request.breakGlass || !isInForce(request)) return [];
  const { reviewBy } = request.breakGlass;
  const text: Line = [
    say`Nobody approved this. Whoever sees no reason for it can have it closed: \`security\`, and everybody who was told in person. A review is due by ${{ at: reviewBy }}.`,
  ];
  return [{ tone: 'alarm', text }];
}

function owedNote({ breakGlass }: Broken): Note {
  const { reviewBy, isLate } = breakGlass;
  return isLate
    ? { tone: 'alarm', text: [say`The review is overdue since ${{ at: reviewBy }}: was this right?`] }
    : { tone: 'warning', text: [say`Somebody else has to review this by ${{ at: reviewBy }}: was it right?`] };
}

/** What happened when, and what was said of it. */
export function glassFacts(request: Request): readonly Fact[] {
  if (!request.breakGlass || request.status !== 'ended') return [];
  const { askedAt, lease, ending, proof, breakGlass } = request;
  const opened: Line = lease.openedAt === undefined ? [say`, never open`] : [say`, open ${{ at: lease.openedAt }}`];
  const course: Line = [
    say`Broken ${{ at: askedAt }}${opened}, over ${{ at: ending.at }}, read back ${{ at: proof.at }}`,
  ];
  const { review } = breakGlass;
  const said: Line = review
    ? [say`${who(review.by)}: was ${review.verdict}`]
    : [say`due by ${{ at: breakGlass.reviewBy }}`];
  return [
    { label: 'What happened', value: course },
    { label: 'Review', value: said },
  ];
}

export function glassRemarks({ breakGlass }: Request): readonly Remark[] {
  const { review } = breakGlass ?? {};
  return review ? [{ by: who(review.by), text: review.words }] : [];
}

const RIGHT: Button = { verb: 'right', label: 'Was right', style: 'primary' };
const WRONG: Button = { verb: 'wrong', label: 'Was wrong', style: 'danger' };

export function reviewButtons(request: Request): readonly Button[] {
  return isReviewable(request) && request.breakGlass.askedAt !== undefined ? [RIGHT, WRONG] : [];
}

/** Reviewers are asked, again and louder once it is overdue; and what came of it is told. */
export function onReviewOwed(request: Ended): Pick<View, 'announce' | 'headline'> | undefined {
  const { breakGlass, requester, justification } = request;
  if (!breakGlass) return undefined;
  const { review, askedAt, remindedAt = askedAt, reviewBy, isLate } = breakGlass;
  const access: Line = [say`${who(requester)}’s break-glass access to ${nameOf(request)}`];
  if (review) {
    const said = say` was reviewed by `;
    const headline = [say`${access}${said}${who(review.by)}: it was ${review.verdict}. “${singled(review.words)}”`];
    return { announce: `review-done-${review.at}`, headline };
  }
  if (askedAt === undefined) return undefined;
  const due: Line = isLate ? [say`; that is overdue since ${{ at: reviewBy }}.`] : [say` by ${{ at: reviewBy }}.`];
  const result: Line = [say` is over (${lowered(over(request))}; ${worstText(request.proof)}). `];
  const ask = say`Was it right? Somebody else has to say so`;
  const how = say` Use the card, or \`/jit review ${request.id} right because <words>\`.`;
  return {
    announce: `review-${remindedAt}`,
    headline: [
      say`${isLate ? say`REVIEW OVERDUE: ` : say`Review: `}${access}${result}${ask}${due}${how} Reason given: “${singled(justification)}”`,
    ],
  };
}

/** One owed review in a line. */
export function owedLine(request: Request, now: Instant, mayReview: boolean): Line {
  const { id, requester, breakGlass } = request;
  const by = breakGlass?.reviewBy ?? now;
  const due: Line = by < now ? [say`overdue since ${{ at: by }}`] : [say`due by ${{ at: by }}`];
  const how =
    mayReview && isReviewable(request) ? say`; \`/jit review ${id} right because <words>\`, or \`wrong\`` : '';
  const state = isReviewable(request) ? '' : say`not over yet, `;
  return [say`\`${id}\`  ${nameOf(request)}, ${who(requester)}: ${state}review ${due}${how}`];
}

/** The same for those who are told without a chat: all of it in plain text. */
export function glassLines(request: Request): { readonly title: Phrase; readonly lines: readonly Phrase[] } {
  const { id, requester, justification, forMs, askedAt, breakGlass } = request;
  const what = say`${portList(request.ports)} from ${fromText(request)} for ${lasting(forMs)}`;
  return {
    title: say`BREAK-GLASS: ${requester.name} opens ${nameOf(request)}`,
    lines: [
      say`${what}, since ${new Date(askedAt).toISOString()}. Nobody approved this.`,
      say`Reason: “${justification}”`,
      ...(breakGlass?.key === undefined ? [] : [say`Signed with ${breakGlass.key}, not in a chat.`]),
      say`Request ${id}. To close it: \`/jit revoke ${id}\`, or \`npx jit revoke ${id}\` on the computer that runs Drawbridge.`,
    ],
  };
}

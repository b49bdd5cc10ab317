import { say } from '../../src/core/language/say.ts';
import { type Line, phrased } from '../../src/core/language/text.ts';
import { isGroupChat } from '../../src/core/people/place.ts';
import { messagesOf } from '../../src/core/view/consent.ts';
import { reportIn } from '../../src/core/view/in-tongue.ts';
import type { Answer } from '../../src/ports/inbox.ts';
import { messageWith } from './card.ts';
import { formCard, portsCard } from './form.ts';
import { pageCard } from './page-card.ts';
import { messageOf, readerOf, reply } from './reply.ts';
import { reportCard } from './report.ts';
import type { Room } from './room.ts';
import type { TeamsDelivery } from './verify.ts';

/** A message to the bot, or the app's first hello: asks the inbox and answers the person alone. */
export async function command(room: Room, delivery: TeamsDelivery): Promise<void> {
  const isNew = delivery.kind === 'installed';
  if (isNew) {
    // In a team, all its channels can be written to from now on.
    const { place } = delivery.sender;
    const isTeam = place.kind === 'channel' && !isGroupChat(place.id);
    await room.inbox.opened(isTeam ? { chat: 'teams', kind: 'channel' } : place);
    if (place.kind === 'channel') return;
  }
  const answer = await room.inbox.command(delivery.sender, isNew ? 'help' : delivery.text);
  await show(room, delivery, answer);
  if (!isNew || answer.refused) return;
  // Until now nobody could write to them: what waits was not shown.
  const waiting = await room.inbox.command(delivery.sender, 'home');
  if (!waiting.refused) await show(room, delivery, waiting);
}

/** Shows the answer to a command to the person alone. */
export async function show(room: Room, delivery: TeamsDelivery, answer: Answer): Promise<void> {
  const reader = readerOf(delivery);
  const { tongue } = reader;
  const tell = (lines: readonly Line[]) =>
    lines.length === 0 ? Promise.resolve() : reply(room, delivery, messageOf(lines, reader));
  if (answer.openPage) {
    const shown = await room.inbox.page(delivery.sender, answer.openPage, 1);
    if ('refusal' in shown) return tell([[shown.refusal]]);
    return reply(room, delivery, messageWith(pageCard(shown.page, [], tongue), phrased(shown.page.title, tongue)));
  }
  if (answer.report) {
    for (const part of messagesOf(reportIn(answer.report, tongue), tongue))
      await reply(room, delivery, messageWith(reportCard(part, tongue), part.title));
    return;
  }
  if (!answer.openForm) return tell(answer.lines);
  const { sender } = delivery;
  if (answer.openForm.form === 'ports') {
    const ports = await room.inbox.portsForm(sender, answer.openForm.machine);
    if (ports.refusal !== undefined) return tell([[ports.refusal]]);
    const summary = phrased(say`Protect ${ports.name}`, tongue);
    return reply(room, delivery, messageWith(portsCard(ports, { id: sender.key, tongue }), summary));
  }
  const form = await room.inbox.form(sender, answer.openForm.isBreakGlass, answer.openForm.typed);
  if (form.refusal !== undefined) return tell([[form.refusal]]);
  await tell(answer.lines);
  // The id of the form is that of what opened it: filled in twice, it asks once.
  const card = formCard(form, { id: sender.key, tongue, ...(form.filled ? { typed: form.filled } : {}) });
  await reply(room, delivery, messageWith(card, phrased(form.isBreakGlass ? 'Break glass' : 'Request access', tongue)));
}

import { say } from '../language/say.ts';
import type { Phrase } from '../language/text.ts';

/** What happened to a request, as its timeline keeps it, for whoever reads it. */
const MOMENTS: Readonly<Record<string, Phrase>> = {
  'allowed again': say`allowed again`,
  'approvals voided': say`approvals voided`,
  approved: say`approved`,
  asked: say`asked`,
  'asked again': say`asked again`,
  begun: say`begun`,
  'broke glass': say`broke glass`,
  closed: say`closed`,
  'closed again': say`closed again`,
  denied: say`denied`,
  drill: say`drill`,
  elapsed: say`elapsed`,
  escalated: say`escalated`,
  extended: say`extended`,
  'extension asked': say`extension asked`,
  'extension denied': say`extension denied`,
  'extension failed': say`extension failed`,
  'extension reviewed': say`extension reviewed`,
  'extension unanswered': say`extension unanswered`,
  failed: say`failed`,
  followed: say`followed`,
  hurried: say`hurried`,
  missed: say`missed`,
  'not reached': say`not reached`,
  nudged: say`nudged`,
  'offer accepted': say`offer accepted`,
  'offer declined': say`offer declined`,
  offered: say`offered`,
  opened: say`opened`,
  'place opened': say`place opened`,
  'question answered': say`question answered`,
  'question asked': say`question asked`,
  reattached: say`reattached`,
  'refused now': say`refused now`,
  reminded: say`reminded`,
  reviewed: say`reviewed`,
  revoked: say`revoked`,
  'routed again': say`routed again`,
  scheduled: say`scheduled`,
  'sessions not cut': say`sessions not cut`,
  unanswered: say`unanswered`,
  withdrawn: say`withdrawn`,
};

/** One of another version is shown as it is kept. */
export function momentWords(event: string): Phrase {
  return Object.hasOwn(MOMENTS, event) ? (MOMENTS[event] ?? event) : event;
}

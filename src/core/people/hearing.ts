/** What of requests a channel wants to hear; where nothing is said: everything. */
export type Hearing = 'decisions' | 'problems';

/** Milestones by the beginning of their keys (`core/view/milestone.ts`). */
const PROBLEMS = /^(?:alarm-|nobody-|unreached-|refused-now-|glass|review-|changed$|reattached-)/;
const DECISIONS =
  /^(?:decided$|denied$|expired$|scheduled$|open-|ended$|sessions$|extension-(?:denied|unanswered|failed)-)/;

/** Is this occasion for a channel that hears so much? */
export function isHeard(hearing: Hearing | undefined, announce: string): boolean {
  if (hearing === undefined || PROBLEMS.test(announce)) return true;
  return hearing === 'decisions' && DECISIONS.test(announce);
}

import type { Verb } from './view.ts';

/** What a chat asks whoever presses for, before a verb is carried out. */
export interface Box {
  /** Of a dialog: 24 characters at most. */
  readonly title: string;
  readonly submit: string;
  readonly label: string;
  /** Said by a form that is sent empty. */
  readonly enter: string;
  /** Who will read it, or what to write. */
  readonly hint: string;
  /** What is said where nothing was written. */
  readonly missing: 'missingDenyReason' | 'missingReviewWords' | 'missingOffer' | 'missingQuestion' | 'missingAnswer';
}

const REASON = { label: 'Reason', enter: 'Enter a reason.', hint: 'The requester will see this.' } as const;

export const BOXES: Readonly<Partial<Record<Verb, Box>>> = {
  deny: { ...REASON, title: 'Deny request', submit: 'Deny', missing: 'missingDenyReason' },
  less: {
    title: 'Approve for less',
    submit: 'Offer',
    label: 'What you would approve',
    enter: 'Enter what you would approve.',
    hint: 'Less time, fewer ports, a narrower source; “because …” may follow.',
    missing: 'missingOffer',
  },
  ask: {
    title: 'Ask the requester',
    submit: 'Ask',
    label: 'Question',
    enter: 'Enter a question.',
    hint: 'The requester is told. Everybody reads it on the card.',
    missing: 'missingQuestion',
  },
  answer: {
    title: 'Answer',
    submit: 'Answer',
    label: 'Answer',
    enter: 'Enter an answer.',
    hint: 'Everybody reads it on the card.',
    missing: 'missingAnswer',
  },
  right: { ...REASON, title: 'Review: was right', submit: 'Was right', missing: 'missingReviewWords' },
  wrong: { ...REASON, title: 'Review: was wrong', submit: 'Was wrong', missing: 'missingReviewWords' },
};

/** The verbs that cannot be carried out without some words: the chat asks for them. */
export const NEEDS_WORDS: ReadonlySet<Verb> = new Set(Object.keys(BOXES) as Verb[]);

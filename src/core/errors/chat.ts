import type { Entry } from './entry.ts';

/** Errors about a chat itself: what is slow there, and what to do about it. */
export const CHAT_ERRORS = {
  chatSilent: { kind: 'busy', say: '{chat} did not respond.', hint: 'Try again in a minute.' },
  chatRefused: {
    kind: 'refused',
    say: '{chat} refused the card: {code}.',
    hint: 'Check that the app is installed and is a member of the channel.',
  },
  chatBusy: {
    kind: 'busy',
    say: '{chat} takes no more calls from Drawbridge for now.',
    hint: 'Try again in {wait}.',
  },
  formTooLate: {
    kind: 'busy',
    say: 'Slack lets a form be opened for three seconds only, and Drawbridge was slower than that.',
    hint: 'Type the command or press the button once more.',
  },
  whoSilent: {
    kind: 'busy',
    say: '{chat} does not say who you are: {why}. Nothing was done.',
    hint: '{next}',
  },
  tooLongToKeep: {
    kind: 'invalid',
    say: 'This is longer than Drawbridge takes in one message. Nothing was done.',
    hint: 'Say it in fewer words.',
  },
  tooMuchToKeep: {
    kind: 'busy',
    say: 'Drawbridge has more to do than it can take on now. Nothing was done.',
    hint: 'Try again in a minute. What closes is always taken.',
  },
} as const satisfies Record<string, Entry>;

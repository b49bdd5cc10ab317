import type { Entry } from './entry.ts';

/** What can be wrong with what a browser brings. */
export const WEB_ERRORS = {
  formForeign: {
    kind: 'unauthentic',
    say: 'This form was not sent from its own page, or the page is too old.',
    hint: 'Open the link from chat again, with cookies allowed.',
  },
  linkOver: {
    kind: 'conflict',
    say: 'This link is used, too old, or not valid.',
    hint: 'Ask for a new one in chat.',
  },
  otherBrowser: {
    kind: 'unauthentic',
    say: 'This was begun in another browser.',
    hint: 'Go on there, or ask for a new link in chat.',
  },
  signInAway: {
    kind: 'unjudged',
    say: 'The sign-in page of your organization cannot be reached.',
    hint: 'Try again in a minute.',
  },
  signInRefused: {
    kind: 'denied',
    say: 'The sign-in does not count: {why}.',
    hint: 'Begin again in chat.',
  },
} as const satisfies Readonly<Record<string, Entry>>;

import type { Entry } from './entry.ts';

/** What can be wrong with what a browser brings. */
export const WEB_ERRORS = {
  formForeign: {
    kind: 'unauthentic',
    say: 'This form was not sent from its own page, or the page is too old.',
    hint: 'Open the link from chat again, with cookies allowed.',
  },
} as const satisfies Readonly<Record<string, Entry>>;

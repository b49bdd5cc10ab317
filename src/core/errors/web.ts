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
  noSuchLink: {
    kind: 'notFound',
    say: 'There is no such page.',
    hint: 'Open the link from chat as a whole, or ask for a new one there.',
  },
  otherBrowser: {
    kind: 'unauthentic',
    say: 'This was begun in another browser.',
    hint: 'Go on there, or ask for a new link in chat.',
  },
  addressNotSet: {
    kind: 'denied',
    say: 'No page here can see your address.',
    hint: 'Add `from <your public IP address>` to your request, or ask your Drawbridge administrator to set `web`.',
  },
  addressHidden: {
    kind: 'unjudged',
    say: 'Your address cannot be told: {why}.',
    hint: 'Add `from <your public IP address>` to your request, and tell your Drawbridge administrator.',
  },
  addressUnseen: {
    kind: 'notFound',
    say: 'No page saw you come from {address} in the last ten minutes.',
    hint: 'Type `/jit address` for a link to the page, or add `from {address}` to your request.',
  },
  signInNeeded: {
    kind: 'denied',
    say: 'Approving this needs a fresh sign-in.',
    hint: 'Press Approve, or type `/jit approve` with the ID, for a link.',
  },
  numberNeeded: {
    kind: 'denied',
    say: 'Approving this needs the number that the requester was told.',
    hint: 'Press Approve, or type `/jit approve` with the ID, and ask the requester for it.',
  },
  wrongNumber: {
    kind: 'denied',
    say: 'The requester was told another number.',
    hint: 'Somebody else has to approve it. If you did not speak with the requester, deny it.',
  },
  wrongNumbers: {
    kind: 'denied',
    say: 'You picked {times} wrong numbers within a day.',
    hint: 'Somebody else has to approve what needs a number. You may again after a day.',
  },
  noNumberWaits: {
    kind: 'notFound',
    say: 'No approval of yours waits for a number.',
    hint: 'Press Approve, or type `/jit approve` with the ID.',
  },
  numberUntold: {
    kind: 'unjudged',
    say: 'The requester cannot be told a number: no chat of theirs took it.',
    hint: 'Try again in a minute.',
  },
  otherAccount: {
    kind: 'denied',
    say: '{name} signed in, and {wanted} has to.',
    hint: 'Begin again in chat, and pick the right account.',
  },
  noAccount: {
    kind: 'unjudged',
    say: 'Nobody can tell whether {name} signed in: no account of Entra ID is known.',
    hint: 'Link the account with `/jit link`, or ask your Drawbridge administrator.',
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

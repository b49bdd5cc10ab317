import type { Entry } from './entry.ts';

/** What can be wrong with looking at the board. */
export const BOARD_ERRORS = {
  boardNotSet: {
    kind: 'denied',
    say: 'There is no board here.',
    hint: '`/jit list` shows what is open; ask your Drawbridge administrator to set `web` and `board`.',
  },
  boardReads: {
    kind: 'denied',
    say: 'A link from chat only reads.',
    hint: 'Sign in on the board with your organization’s account, or type the command in chat.',
  },
  boardNoSignIn: {
    kind: 'denied',
    say: 'Nobody can sign in to the board with an account here.',
    hint: 'Type `/jit board` in chat for a link, or ask your Drawbridge administrator to set `signIn`.',
  },
  boardAnew: {
    kind: 'denied',
    say: 'A policy demands a fresh sign-in for this.',
    hint: 'Sign in anew, and press it again within ten minutes. In chat, closing needs no sign-in.',
  },
  boardOver: {
    kind: 'unauthentic',
    say: 'Your session on the board is over.',
    hint: 'Sign in again, or type `/jit board` in chat for a new link.',
  },
} as const satisfies Readonly<Record<string, Entry>>;

import type { Entry } from './entry.ts';

/** What can be wrong at the command line of a person, which calls the HTTP API. */
export const CLIENT_ERRORS = {
  notLoggedIn: {
    kind: 'unauthentic',
    say: 'You are not signed in: {why}.',
    hint: 'Run `jit login <address of Drawbridge>`.',
  },
  loginFailed: {
    kind: 'denied',
    say: 'The sign-in did not work: {why}.',
    hint: 'Run `jit login` again; where no browser can be opened, `jit login --device`.',
  },
  noApi: {
    kind: 'misconfigured',
    say: '{server} has no sign-in for the command line.',
    hint: 'Ask your Drawbridge administrator to set `api`, or use the chat.',
  },
  serverAway: {
    kind: 'busy',
    say: '{server} cannot be reached: {why}.',
    hint: 'Try again in a minute, and check the address and your network.',
  },
  openSession: {
    kind: 'refused',
    say: '{file} can be read or changed by others.',
    hint: 'Run `jit logout`, then `jit login`.',
  },
  notDecided: {
    kind: 'busy',
    say: 'Request `{id}` still waits.',
    hint: 'Look again with `jit status`.',
  },
  notOpened: {
    kind: 'refused',
    say: '{machine} is not open for you: the request is {status}.',
    hint: 'See `jit show {id}`.',
  },
  noWayIn: {
    kind: 'unjudged',
    say: 'Nobody can tell where to connect to {machine} at port {port}.',
    hint: 'See the card in chat, or `jit show {id}`.',
  },
  noProgram: {
    kind: 'misconfigured',
    say: '{program} could not be started.',
    hint: 'Install it, or connect by hand to {address}.',
  },
  noTerminal: {
    kind: 'invalid',
    say: '{what} is missing, and nobody can be asked without a terminal.',
    hint: 'Add {how}.',
  },
} as const satisfies Readonly<Record<string, Entry>>;

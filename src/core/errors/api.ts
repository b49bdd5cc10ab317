import type { Entry } from './entry.ts';

/** What can be wrong with a call of the HTTP API. */
export const API_ERRORS = {
  noToken: {
    kind: 'unauthentic',
    say: 'This call has no token of a sign-in.',
    hint: 'Sign in with `jit login`, and send the token as `Authorization: Bearer …`.',
  },
  tokenRefused: {
    kind: 'unauthentic',
    say: 'The token of this call does not count: {why}.',
    hint: 'Sign in again with `jit login`.',
  },
  keyRefused: {
    kind: 'unauthentic',
    say: 'No service has this key.',
    hint: 'Write its hash into `api.services` and restart Drawbridge, or make a new key with `npx jit token new`.',
  },
  deviceSignIn: {
    kind: 'denied',
    say: 'Whoever signed in with a device code may list and request, and nothing else.',
    hint: 'Sign in with a browser: `jit login`.',
  },
  serviceDecides: {
    kind: 'denied',
    say: 'A service requests, and takes back or closes what it requested. It never decides.',
    hint: 'Have a person decide, in chat or with `jit approve`.',
  },
  keyUsed: {
    kind: 'conflict',
    say: 'This Idempotency-Key came with another call.',
    hint: 'Send a key of its own with each call, and the same one only with the same call again.',
  },
  keyUnderWay: {
    kind: 'busy',
    say: 'The call with this Idempotency-Key is still under way.',
    hint: 'Send it again in a moment.',
  },
  tooManyCalls: {
    kind: 'busy',
    say: 'These are too many calls at once.',
    hint: 'Try again in {seconds} s.',
  },
  malformedCall: {
    kind: 'invalid',
    say: 'This call is not what is expected: {faults}.',
    hint: 'Compare it with `/api/v1/docs`.',
  },
  noSuchCall: {
    kind: 'notFound',
    say: 'The API has no such path.',
    hint: '`/api/v1/docs` lists every call; where there is no such page either, `api` is not set.',
  },
  otherMethod: {
    kind: 'invalid',
    say: 'This path takes {methods}, and not {method}.',
    hint: '`/api/v1/docs` lists every call.',
  },
  notJson: {
    kind: 'invalid',
    say: 'The body of this call is not JSON in UTF-8: {why}.',
    hint: 'Send a JSON object, an empty one at least, with `Content-Type: application/json`.',
  },
  bodyTooLong: {
    kind: 'invalid',
    say: 'The body of this call is too long.',
    hint: 'Send less: `/api/v1/docs` says how long each field may be.',
  },
  stopping: {
    kind: 'busy',
    say: 'Drawbridge is stopping, so nothing was done.',
    hint: 'Call again in a few seconds: by then another process answers.',
  },
  oneMachine: {
    kind: 'invalid',
    say: 'One call requests one machine.',
    hint: 'Request each of them on its own, or several at once in chat.',
  },
} as const satisfies Readonly<Record<string, Entry>>;

import type { Entry } from './entry.ts';

/** Errors of calls to hosts that the configuration names. */
export const OUTGOING_ERRORS = {
  outgoingRefused: {
    kind: 'misconfigured',
    say: 'Drawbridge does not call {host}: {why}.',
    hint: 'Ask your Drawbridge administrator to look at `outgoing` in drawbridge.yaml, and at the setting that names this host.',
  },
  outgoingSilent: {
    kind: 'busy',
    say: '{host} {why}.',
    hint: 'Try again in a minute. If it stays so, ask your Drawbridge administrator.',
  },
} as const satisfies Readonly<Record<string, Entry>>;

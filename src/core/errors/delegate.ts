import type { Entry } from './entry.ts';

/** Errors of letting somebody else decide, and of reminding those who are asked. */
export const DELEGATE_ERRORS = {
  malformedDelegate: {
    kind: 'invalid',
    say: 'Say who decides for you, and until when.',
    hint: 'For example `/jit delegate @sam until friday`, `until 2026-12-24`, `until 18:00`, or `for 3d`; 60 days at most.',
  },
  notDelegate: {
    kind: 'denied',
    say: '“{typed}” cannot decide for you: {why}.',
    hint: 'Name somebody else by their mention, ID, or e-mail address.',
  },
  nudgedLately: {
    kind: 'conflict',
    say: 'You reminded them less than {every} ago.',
    hint: 'You may again in {left}.',
  },
  noDelegation: {
    kind: 'notFound',
    say: 'Nobody decides for you.',
    hint: '`/jit delegate @sam until friday` lets somebody.',
  },
} as const satisfies Readonly<Record<string, Entry>>;

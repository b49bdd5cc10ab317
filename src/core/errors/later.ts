import type { Entry } from './entry.ts';

/** Errors of requests that start later, are for somebody else, or for several machines. */
export const LATER_ERRORS = {
  malformedStart: {
    kind: 'invalid',
    say: '“{word}” does not say when access is to start.',
    hint: 'Use for example `at 18:00`, `at tomorrow 9:00`, `on friday 9:00`, or `on 2026-12-24 9:00`, in your own time zone.',
  },
  startPast: {
    kind: 'invalid',
    say: '“{word}” is over.',
    hint: 'Name a time that is to come, or leave it out to start once it is approved.',
  },
  policyAhead: {
    kind: 'denied',
    say: 'Policy {policy} allows a start at most {most} from now.',
    hint: 'Request an earlier start, or ask again nearer to it.',
  },
  noneOfSeveral: {
    kind: 'denied',
    say: 'None of these could be requested.',
    hint: '{reasons}',
  },
  severalPeople: {
    kind: 'invalid',
    say: 'A request is for one person.',
    hint: 'Name one, for example `for @sam`.',
  },
  nobodyCalled: {
    kind: 'notFound',
    say: 'Nobody here is known as “{typed}”.',
    hint: 'Name them by a mention, their ID, or their e-mail address.',
  },
  policyOnBehalf: {
    kind: 'denied',
    say: 'Policy {policy} does not let others request for {name}.',
    hint: 'Ask {name} to request it. Your Drawbridge administrator can allow it with `onBehalf`.',
  },
  sourceOfOther: {
    kind: 'invalid',
    say: 'Which IP address will {name} connect from?',
    hint: 'Add `from <their public IP address>`, for example `from 203.0.113.7`.',
  },
  notWithGlass: {
    kind: 'invalid',
    say: 'Breaking glass opens at once: it takes no `{word}`.',
    hint: 'Leave it out, or use `/jit request`.',
  },
} as const satisfies Readonly<Record<string, Entry>>;

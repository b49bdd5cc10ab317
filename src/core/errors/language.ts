import type { Entry } from './entry.ts';

/** What of a command cannot be understood, or may mean two things. The whole corrected command stands behind it. */
export const LANGUAGE_ERRORS = {
  unknownWord: { kind: 'invalid', say: '“{word}” is not understood here.', hint: 'Nothing was done.' },
  noTime: {
    kind: 'invalid',
    say: '“{word}” is not possible here: `{verb}` takes no such time.',
    hint: 'Nothing was done.',
  },
  missingWords: { kind: 'invalid', say: 'Something is missing behind “{verb}”.', hint: 'Nothing was done.' },
  oneAtATime: { kind: 'invalid', say: 'This is for one at a time, not for {which}.', hint: 'Nothing was done.' },
  severalCommands: {
    kind: 'invalid',
    say: 'These are {count} commands in one message.',
    hint: 'Nothing was done. Send them one at a time.',
  },
  severalReadings: {
    kind: 'invalid',
    say: '“{word}” can be read in more than one way.',
    hint: 'Nothing was done.',
  },
  tooManyAtOnce: {
    kind: 'invalid',
    say: '{count} at once are too many; the maximum is {most}.',
    hint: 'Nothing was done.',
  },
  portRange: {
    kind: 'invalid',
    say: '“{word}” is a range: only single ports can be opened.',
    hint: 'Name each port that you need.',
  },
  openLonger: { kind: 'conflict', say: 'It is open until {until} already.', hint: '`/jit list` shows it.' },
  portsDiffer: {
    kind: 'invalid',
    say: 'These machines stand with different ports.',
    hint: 'Request one after the other.',
  },
  ambiguousTime: {
    kind: 'invalid',
    say: '“{word}” can be read in more than one way.',
    hint: 'Say which time is meant.',
  },
  severalTimes: { kind: 'invalid', say: 'Two times are given: {times}.', hint: 'Keep one.' },
  malformedTime: {
    kind: 'invalid',
    say: '“{word}” is not a time of day.',
    hint: 'Use for example `until 18:00`, `until tomorrow 9:00`, or `for 2h`.',
  },
  timePassed: { kind: 'invalid', say: '“{word}” is over already ({zone}).', hint: 'Name a time to come.' },
  endsBeforeStart: {
    kind: 'invalid',
    say: '“{word}” is not after the start.',
    hint: 'Name an end that is later than the start, with its day where that is another one.',
  },
  noSuchTime: {
    kind: 'invalid',
    say: 'There is no {word}: the clock goes forward then ({zone}).',
    hint: 'Use the time before or after it.',
  },
} as const satisfies Record<string, Entry>;

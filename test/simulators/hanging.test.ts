import { describe, expect, it } from 'vitest';
import { hanging } from '../../simulators/demo/hanging.ts';

describe('a line of the transcript', () => {
  it.each([
    ['00:01  ', 'short', 80, '00:01  short'],
    ['00:01  ', '', 80, '00:01  '],
    ['00:01  ', 'one two three', 15, '00:01  one two\n       three'],
    ['00:01  ', 'one two three', 14, '00:01  one two\n       three'],
    ['00:01  ', 'one two three', 13, '00:01  one\n       two\n       three'],
    ['00:01  ', 'a-word-that-is-too-long for it', 16, '00:01  a-word-that-is-too-long\n       for it'],
  ])('%s%s, in %d columns', (stamp, line, columns, wanted) => {
    expect(hanging(stamp, line, columns)).toBe(wanted);
  });
});

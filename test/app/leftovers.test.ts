import { describe, expect, it } from 'vitest';
import { leftoverLines } from '../../src/app/inbox/leftovers.ts';
import { watchLeftovers } from '../../src/app/loops/leftovers.ts';
import { Alarms } from '../../src/app/operators/alarms.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Place } from '../../src/core/people/place.ts';
import type { Leftover } from '../../src/ports/leftovers.ts';
import { toldWorld } from './told.ts';

const signal = new AbortController().signal;
const OPERATORS: Place = { chat: 'slack', kind: 'channel', id: 'C0OPERATORS' };
const left = (rule: string): Leftover => ({ rule, where: 'web-1-nsg', because: 'The lock “keep” keeps it.' });

/** A cloud in which these wait, one answer after the other; undefined where it cannot be read. */
function waiting(...answers: readonly (readonly Leftover[] | undefined)[]) {
  const { deps, titles } = toldWorld([OPERATORS]);
  let asked = 0;
  const leftovers = async () => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    if (!answer) throw new Error('not now');
    return answer;
  };
  const [[name, cloud] = []] = deps.clouds;
  if (!name || !cloud) throw new Error('no cloud');
  return { deps: { ...deps, clouds: new Map([[name, { ...cloud, leftovers }]]) }, titles };
}

describe('rules that are over and cannot be deleted', () => {
  it('are told to the operators once, once more when there are more, and when they are gone', async () => {
    const [one, two] = [left('a'), left('b')];
    const { deps, titles } = waiting([], [one], [one], [one, two], undefined, [one, two], []);
    const alarms = new Alarms(deps);
    for (let times = 0; times < 8; times += 1) await watchLeftovers(deps, alarms, signal);
    const begun = 'Rules of Drawbridge are over and cannot be deleted';
    expect(titles()).toEqual([begun, begun, 'No rule waits to be deleted any more']);
  });

  it.each<[string, readonly Leftover[] | undefined, readonly string[]]>([
    ['nothing where there is none', [], []],
    [
      'one with what keeps it',
      [left('a')],
      [
        '1 rule of Drawbridge is over, denies now, and cannot be deleted yet:',
        'a in web-1-nsg: The lock “keep” keeps it.',
      ],
    ],
    [
      'that it cannot be told',
      undefined,
      ['Whether rules that are over wait to be deleted could not be read; see the log.'],
    ],
  ])('are listed: %s', async (_, found, expected) => {
    const { deps } = waiting(found);
    expect((await leftoverLines(deps)).map(plain)).toEqual(expected);
  });

  it('are not all listed where there are many', async () => {
    const { deps } = waiting(Array.from({ length: 12 }, (_, i) => left(`rule-${i}`)));
    const lines = (await leftoverLines(deps)).map(plain);
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([
      12,
      '12 rules of Drawbridge are over, deny now, and cannot be deleted yet:',
      '… and 2 more.',
    ]);
  });
});

import { say } from '../language/say.ts';
import type { Line, Phrase } from '../language/text.ts';
import { outcomeText } from '../policy/outcome.ts';
import type { Replay, Replayed } from '../policy/replay.ts';
import type { Report, Row } from './report.ts';

/** So many of each sort are shown unless all are wanted. */
const MOST_SHOWN = 10;

/** What other policies would have decided of what was asked, as a difference. */
export function replayPage(replay: Replay, most = MOST_SHOWN): Report {
  const { since, same, refused, allowed, otherwise } = replay;
  const all = same + refused.length + allowed.length + otherwise.length;
  return {
    title: say`${counted(all)}, judged again`,
    sections: [
      { heading: '', rows: [{ line: [say`Requests since ${{ at: since }}`] }, ...countsOf(replay).map(row)] },
      ...section('Would be refused', refused, most),
      ...section('Would be allowed', allowed, most),
      ...section('Would be decided otherwise', otherwise, most),
      { heading: 'Not told', rows: limitsOf(replay).map(row) },
    ],
  };
}

function counted(count: number): Phrase {
  return count === 1 ? say`1 request` : say`${count} requests`;
}

/** `212 the same, 3 refused instead of allowed`. */
export function countsOf({ same, refused, allowed, otherwise }: Replay): readonly Phrase[] {
  return [
    say`${same} the same`,
    ...(refused.length > 0 ? [say`${refused.length} refused instead of allowed`] : []),
    ...(allowed.length > 0 ? [say`${allowed.length} allowed instead of refused`] : []),
    ...(otherwise.length > 0 ? [say`${otherwise.length} decided otherwise`] : []),
  ];
}

function section(heading: string, list: readonly Replayed[], most: number) {
  if (list.length === 0) return [];
  const more = list.length > most ? [row(say`and ${list.length - most} more`)] : [];
  return [{ heading, rows: [...list.slice(0, most).flatMap(rowsOf), ...more] }];
}

function rowsOf({ id, at, what, now, wouldBe }: Replayed): readonly Row[] {
  return [
    { line: [say`${id} (${{ at }}): ${what}`] },
    row(say`- now: ${outcomeText(now)}`),
    row(say`+ would be: ${outcomeText(wouldBe)}`),
  ];
}

/** What a replay cannot know, said each time. */
function limitsOf({ untold: { people, machines, records }, isPart }: Replay): readonly Phrase[] {
  return [
    ...(people > 0 ? [say`${counted(people)} of people who are not there any more`] : []),
    ...(machines > 0 ? [say`${counted(machines)} for machines that are not there any more, or cannot be read`] : []),
    ...(records > 0 ? [say`${counted(records)} whose record is not kept any more`] : []),
    ...(isPart ? [say`Older requests: there are too many`] : []),
    say`What was refused when it was asked leaves no record. People, groups, machines, and who is on call are as they are now; protection and cloud roles are not looked at.`,
  ];
}

function row(text: Phrase): Row {
  const line: Line = [text];
  return { line };
}

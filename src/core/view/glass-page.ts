import { BASTION } from '../language/asked-source.ts';
import { SECOND_MS } from '../language/instant.ts';
import { lasting, say } from '../language/say.ts';
import type { Line } from '../language/text.ts';
import type { Activating } from '../request/request.ts';
import type { Who } from '../request/review.ts';
import { portText } from '../rule/port.ts';
import { standingNotes } from './notes.ts';
import type { Report } from './report.ts';
import { fromText, listed, nameOf, portList } from './words.ts';

interface Asked {
  readonly code: string;
  /** Something else is asked for than the code was for. */
  readonly again: boolean;
  /** Who is told in person. */
  readonly people: readonly Who[];
  readonly channels: number;
}

/** The page before glass is broken: nothing was opened yet, and who will hear of it. */
export function glassPage(request: Activating, { code, again, people, channels }: Asked): Report {
  const { forMs, breakGlass, justification, standing, ports } = request;
  const what = say`${portList(ports)} from ${fromText(request)} for ${lasting(forMs)}`;
  const due = breakGlass ? [{ at: breakGlass.reviewBy }] : [];
  const lines: readonly Line[] = [
    ...(again ? [[say`This is not what was shown before. Check it again.`]] : []),
    [say`Nothing was opened yet. This opens ${what} at once, without an approval.`],
    [say`Told at once: ${toldLine(people, channels)}.`],
    [say`Somebody else reviews it afterwards, by ${due}.`],
    [say`Reason: “${justification}”`],
    ...(request.warnings ?? []).map((text): Line => [text]),
    ...standingNotes(standing, ports).map(({ text }) => text),
  ];
  return {
    title: say`Break glass on ${nameOf(request)}?`,
    isWhole: true,
    sections: [
      { heading: '', rows: lines.map((line) => ({ line, isLong: true as const })) },
      {
        heading: '',
        rows: [
          {
            line: [
              say`To open it: press the button, or type the same again with \`confirm ${code}\` before \`because\`.`,
            ],
            button: { label: 'I know that everybody is told', command: commandOf(request, code) },
          },
        ],
      },
    ],
  };
}

function toldLine(people: readonly Who[], channels: number): Line {
  const where = channels === 1 ? say`one channel` : say`${channels} channels`;
  if (people.length === 0) return [channels === 0 ? say`nobody that Drawbridge can reach; the audit has it` : where];
  return channels === 0 ? listed(people, 'and') : [say`${listed(people, 'and')} in person, and ${where}`];
}

/** What the button types: just what the page is about, however it was asked for. */
function commandOf(request: Activating, code: string): string {
  const { machine, ports, source, sourceName, bastion, forMs, justification } = request;
  const from = bastion === undefined ? (sourceName ?? source) : BASTION;
  const terms = `${ports.map(portText).join(',')} from ${from} for ${Math.round(forMs / SECOND_MS)}s`;
  return `break-glass ${machine} ${terms} confirm ${code} because ${justification}`;
}

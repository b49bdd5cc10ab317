import type { JitError } from '../../core/errors/errors.ts';
import { say } from '../../core/language/say.ts';
import type { Line, Saying } from '../../core/language/text.ts';
import { providerIdOf } from '../../core/machine/machine.ts';
import { portText } from '../../core/rule/port.ts';
import type { Placement } from '../../core/rule/rule.ts';
import { sourceText } from '../../core/rule/source.ts';
import type { Report, Row } from '../../core/view/report.ts';

/** So many are named: chats show some rows of a section only. */
const MOST_SHOWN = 11;

/** That it began: without Redis, as everything in it. `lost` is what is wrong with the undo folder, where it is that; `why` what with Redis, where that is known. */
export function begunReport(host: string, lost: JitError | undefined, why: JitError | undefined): Report {
  if (lost)
    return report(say`The undo folder is missing: a process opens nothing`, [
      [
        say`Drawbridge on ${host} does not see the records of what lockdowns closed. Until it does, it opens nothing, locks nothing down, and puts nothing back.`,
      ],
      lost.spans,
      [say`Access that is over is closed all the same, and other processes go on.`],
    ]);
  return report(say`Redis cannot be written: nothing is opened`, [
    [
      say`Drawbridge on ${host} cannot write to Redis. Until it can, nothing is opened, and nobody can request, decide, or revoke.`,
    ],
    ...(why ? [why.spans] : []),
    [
      say`Access that is over is closed all the same, by the signed marks in the clouds. To close something earlier, remove its rule in the cloud.`,
    ],
  ]);
}

/** That it is over, with what was closed meanwhile, and what could not be. */
export function overReport(
  host: string,
  wasFolder: boolean,
  closed: readonly Placement[],
  left: readonly Placement[],
): Report {
  const what =
    closed.length === 0
      ? say`No access ended meanwhile.`
      : closed.length === 1
        ? say`1 rule was closed meanwhile.`
        : say`${closed.length} rules were closed meanwhile.`;
  return {
    title: wasFolder ? say`The undo folder is there again` : say`Redis can be written again`,
    sections: [
      { heading: '', rows: [row([say`Drawbridge on ${host} goes on as usual. ${what}`])] },
      ...listed(say`Closed`, closed),
      ...listed(say`Not closed yet; tried again now`, left),
    ],
  };
}

function report(title: Saying, lines: readonly Line[]): Report {
  return { title, sections: [{ heading: '', rows: lines.map(row) }] };
}

function listed(heading: Saying, placements: readonly Placement[]) {
  if (placements.length === 0) return [];
  const more = placements.length - MOST_SHOWN;
  const rows = placements.slice(0, MOST_SHOWN).map(({ rule: { machine, port, source } }) => {
    return row([say`${providerIdOf(machine)}: ${portText(port)} from ${sourceText(source)}`]);
  });
  return [{ heading, rows: more > 0 ? [...rows, row([say`… and ${more} more.`])] : rows }];
}

function row(line: Line): Row {
  return { line };
}

import { say } from '../../src/core/language/say.ts';
import { ENGLISH, phrased, type Tongue } from '../../src/core/language/text.ts';
import { reportIn, type Spoken } from '../../src/core/view/in-tongue.ts';
import type { CommandButton, Report, Row, Section } from '../../src/core/view/report.ts';
import { execute } from './action.ts';
import { band, block } from './card.ts';
import type { Json } from './json.ts';
import { asBlock, cut, inCard, inWords } from './text.ts';

/** The verb of a button that types for whoever presses it. */
export const COMMAND = 'command';

/** In bytes: it may hold a reason. */
export const LONGEST_COMMAND = 2_400;

/** Together these keep every card below 30 KB, far from where Teams refuses (about 100 KB with the message around it). */
const MOST = {
  sections: 8,
  rows: 12,
  row: 300,
  longRow: 900,
  heading: 120,
  label: 60,
  command: LONGEST_COMMAND,
  spoken: 700,
  all: 8_000,
};

/** A report as an Adaptive Card 1.5: each button stands below its row. */
export function reportCard(given: Report, tongue: Tongue = ENGLISH): Json {
  const report = reportIn(given, tongue);
  const spoken = spokenOf(report, tongue);
  let left = MOST.all;
  const fits = ({ line, button, isLong }: Spoken<Row>): boolean => {
    left -=
      Math.min(Buffer.byteLength(inWords(line)), isLong ? MOST.longRow : MOST.row) +
      (button ? Buffer.byteLength(button.command) + 200 : 0);
    return left >= 0;
  };
  // What does not fit is counted.
  const more = (count: number) =>
    count > 0 ? [block(phrased(say`… and ${count} more.`, tongue), { spacing: 'small' })] : [];
  const sectionOf = ({ heading, rows }: Spoken<Section>): readonly Json[] => {
    const shown = rows.slice(0, MOST.rows).filter(fits);
    return [
      ...(heading === '' ? [] : [block(asBlock(cut(heading, MOST.heading)), { weight: 'bolder', separator: true })]),
      ...shown.flatMap((row) => rowOf(row, tongue)),
      ...more(rows.length - shown.length),
    ];
  };
  const rest = report.sections.slice(MOST.sections).reduce((sum, { rows }) => sum + rows.length, 0);
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.5',
    lang: tongue.language,
    speak: spoken,
    fallbackText: `${spoken} ${phrased('(This app cannot show the card; please update Teams.)', tongue)}`,
    body: [
      band('🛡️', 'accent', report.title),
      ...report.sections.slice(0, MOST.sections).flatMap(sectionOf),
      ...more(rest),
    ],
  };
}

function rowOf({ line, button, isLong }: Spoken<Row>, tongue: Tongue): readonly Json[] {
  const mostBytes = isLong ? MOST.longRow : MOST.row;
  const text = block(inCard(line, asBlock, { mostBytes, tongue }), { spacing: 'small' });
  // One that would have to be cut would mean something else.
  const fits = button && Buffer.byteLength(button.command) <= MOST.command;
  return fits ? [text, { type: 'ActionSet', spacing: 'small', actions: [commandAction(button)] }] : [text];
}

export function commandAction({ label, command }: Spoken<CommandButton>): Json {
  return execute({ title: cut(label, MOST.label), verb: COMMAND, data: { c: command } });
}

/** For screen readers, and where no card can be shown. */
function spokenOf({ title, sections }: Spoken<Report>, tongue: Tongue): string {
  const rows = sections.flatMap(({ heading, rows: all }) => [
    ...(heading === '' ? [] : [`${heading}:`]),
    ...all.map(({ line }) => inWords(line, { tongue })),
  ]);
  return cut([/[.?!]$/.test(title) ? title : `${title}.`, ...rows].join(' '), MOST.spoken);
}

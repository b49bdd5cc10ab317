import { say } from '../language/say.ts';
import { type Phrase, tidy } from '../language/text.ts';
import { type PutBackPlan, type Reopening, reopeningText } from '../machine/lockdown.ts';
import { list } from './protect-page.ts';
import type { Report, Row } from './report.ts';

/** What is asked of people before it is put back. */
interface Ask {
  /** `what was closed for web-1`. */
  readonly what: string;
  /** What was typed, without the code: `restore web-1`. */
  readonly command: string;
  readonly code: string;
  /** Something changed since it was shown. */
  readonly again?: boolean;
  /** Who confirmed it already, where it takes a second person. */
  readonly agreed?: string;
  /** Hashes of unsigned records that were accepted, as typed. */
  readonly accepted: readonly string[];
}

/** As much of a hash as is typed. */
export const TYPED_HASH = 12;

/** The page that is to be confirmed before anything is put back: putting back opens. */
export function putBackReport({ reopenings, stays }: PutBackPlan, ask: Ask): Report {
  const open = reopenings.filter(({ isPublic }) => !isPublic);
  const exposed = reopenings.filter(({ isPublic }) => isPublic);
  const strange = unaccepted(reopenings, ask.accepted);
  return {
    title: say`Put back ${tidy(ask.what, 90)}?`,
    isWhole: true,
    sections: [
      { heading: '', rows: headOf(ask, exposed.length > 0) },
      list('Will be open to the internet', exposed.map(reopeningText)),
      list('Will be open again', open.map(reopeningText)),
      list('Stays closed', stays),
      list('Not signed by this Drawbridge', strange.map(unsignedText)),
      { heading: '', rows: actsOf(ask, reopenings, strange) },
    ].filter(({ rows }) => rows.length > 0),
  };
}

/** Records whose hash is still to be accepted. */
export function unaccepted(reopenings: readonly Reopening[], accepted: readonly string[]): readonly Reopening[] {
  return reopenings.filter(
    ({ unsigned }) =>
      unsigned !== undefined && !accepted.some((hash) => hash.length >= TYPED_HASH && unsigned.startsWith(hash)),
  );
}

/** What people in the channels hear once it is done. */
export function putBackNews(by: string, what: string, opened: readonly Reopening[], stays: readonly string[]): Report {
  return {
    title: say`${tidy(by, 40)} put back ${tidy(what, 90)}`,
    isWhole: true,
    sections: [list('Open again', opened.map(reopeningText)), list('Stays closed', stays)].filter(
      ({ rows }) => rows.length > 0,
    ),
  };
}

function headOf({ again, agreed }: Ask, isPublic: boolean): readonly Row[] {
  const changed: Row = { line: [say`Something has changed since this was shown. Check it again.`] };
  const first: Row = {
    line: [say`${agreed ?? ''} agreed to this. It takes a second person who may protect machines.`],
  };
  const two: Row = {
    line: [say`This opens machines to the internet, so two people who may protect machines must confirm it.`],
  };
  return [
    ...(again ? [changed] : []),
    ...(agreed === undefined ? (isPublic ? [two] : []) : [first]),
    { line: [say`Nothing was put back yet. Confirming opens this:`] },
  ];
}

function actsOf(
  { command, code }: Ask,
  reopenings: readonly Reopening[],
  strange: readonly Reopening[],
): readonly Row[] {
  const isTightened = reopenings.some(({ tightened }) => tightened.length > 0);
  const whole: readonly Row[] = isTightened
    ? [
        {
          line: [say`\`/jit ${command} everything\` shows what it is with what was removed since.`],
          button: { label: 'Show with everything', command: `${command} everything` },
        },
      ]
    : [];
  if (strange.length > 0) {
    const words = strange.map(({ unsigned = '' }) => `accepting ${unsigned.slice(0, TYPED_HASH)}`).join(' ');
    return [
      {
        line: [say`To accept these records and confirm, type \`/jit ${command} ${words} confirm ${code}\`.`],
        isLong: true,
      },
      ...whole,
    ];
  }
  return [
    {
      line: [say`To confirm, type \`/jit ${command} confirm ${code}\`.`],
      button: { label: 'Put back', command: `${command} confirm ${code}` },
    },
    ...whole,
  ];
}

function unsignedText({ record, unsigned }: Reopening): Phrase {
  return say`${record}: SHA-256 ${unsigned ?? ''}. Somebody else may have written it; compare it with a backup.`;
}

import { tidy } from '../../src/core/language/text.ts';
import type { AlarmNews } from '../../src/ports/alarm-way.ts';

export interface Letter {
  readonly from: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  readonly messageId: string;
  readonly date: Date;
  readonly headers: Readonly<Record<string, string>>;
}

const LONGEST = { subject: 200, line: 2_000 };

/** One line of the news is one line of the mail, whatever whoever named a machine wrote into it. */
export function letterOf(
  { id, at, title, lines }: AlarmNews,
  { from, installation }: { readonly from: string; readonly installation: string },
): Letter {
  const when = new Date(at);
  const own = [title, '', ...lines, '', `Drawbridge ${installation}, ${when.toISOString()}. ${NO_ANSWER}`];
  return {
    from: { name: 'Drawbridge', address: from },
    subject: tidy(`[Drawbridge ${installation}] ${title}`, LONGEST.subject),
    text: own.map((line) => tidy(line, LONGEST.line)).join('\n'),
    messageId: `<${atom(id)}.${atom(installation)}@${from.split('@').at(-1)}>`,
    date: when,
    // No vacation notes come back (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

const NO_ANSWER = 'Nobody reads answers to this mail.';

function atom(text: string): string {
  return text.replace(/[^A-Za-z0-9-]/g, '');
}

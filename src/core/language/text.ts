import type { Instant } from './instant.ts';

/**
 * A piece of text for people. Chats show instants in the reader's time zone, and people as mentions where they can. The
 * one markup in it is `code`; everything else that means something to a chat is shown as it stands.
 */
export type Span =
  | string
  | { readonly at: Instant }
  | { readonly person: string; readonly name: string }
  /** An address of ours, for whoever reads this alone. */
  | { readonly link: string; readonly name: string };

export type Line = readonly Span[];

/** The line as plain text: instants in UTC, people by name. For logs, fallbacks and the terminal. */
export function plain(line: Line): string {
  return line
    .map((span) => {
      if (typeof span === 'string') return span;
      if ('link' in span) return `${span.name} (${span.link})`;
      return 'at' in span ? clockText(span.at) : span.name;
    })
    .join('');
}

/** `14:02 UTC`. */
export function clockText(at: Instant): string {
  return `${new Date(at).toISOString().slice(11, 16)} UTC`;
}

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** `27 Nov, 14:02 UTC`: for words that may be read on another day. */
export function dayAndClockText(at: Instant): string {
  return `${DAY.format(at)}, ${clockText(at)}`;
}

/**
 * What somebody typed, made safe to show: one line, no control, bidi-override or zero-width characters, none of our own
 * markup, capped. Escaping for a chat's own markup is that adapter's work.
 */
export function tidy(text: string, most: number): string {
  const clean = text
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]+/gu, ' ')
    .replace(/`/g, "'")
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...clean];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : clean;
}

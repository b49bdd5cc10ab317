import type { Line } from '../../src/core/text.ts';
import { clockText } from '../../src/core/text.ts';

/** The Slack id of a person of drawbridge.yaml. */
export type SlackIdOf = (personId: string) => string | undefined;

/** Slack's three control characters (https://docs.slack.dev/messaging/formatting-message-text#escaping). */
export function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** A line as mrkdwn: instants in the reader's own time zone, people as mentions. */
export function mrkdwn(line: Line, slackIdOf: SlackIdOf): string {
  return line
    .map((span) => {
      if (typeof span === 'string') return escaped(span);
      if ('at' in span)
        return `<!date^${Math.floor(span.at / 1_000)}^{date_short_pretty} at {time}|${clockText(span.at)}>`;
      const id = slackIdOf(span.person);
      return id ? `<@${id}>` : escaped(span.name);
    })
    .join('');
}

export function lines(all: readonly Line[], slackIdOf: SlackIdOf): string {
  return all.map((line) => mrkdwn(line, slackIdOf)).join('\n');
}

/** At most so many characters, with an ellipsis where it was cut. */
export function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

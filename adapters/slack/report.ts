import type { Button, KnownBlock, SectionBlock } from '@slack/types';
import { say } from '../../src/core/language/say.ts';
import type { Line } from '../../src/core/language/text.ts';
import { reportIn, type Spoken } from '../../src/core/view/in-tongue.ts';
import type { CommandButton, Report, Section } from '../../src/core/view/report.ts';
import { type Message, verbatim } from './card.ts';
import { cut, escaped, mrkdwn, type SlackReader } from './text.ts';

/** Block Kit's limits (https://docs.slack.dev/reference/block-kit/blocks). */
const HEADER = 150;
const LABEL = 75;
const SECTION = 3_000;
const VALUE = 2_000;
const SECTIONS = 8;
/** What notifications and screen readers get. */
const FALLBACK = 3_000;
/** Ours: together they stay below 13,000 characters (slackapi/bolt-js#2509). */
const ROW = 300;
const LONG_ROW = 900;
const ROWS = 12;
const ALL_ROWS = 10_000;
/** With two texts for each section these stay below 50 blocks. */
const BUTTONS = 25;

/** The action of a button that types; its value is what. */
export const COMMAND = 'jit_command_';

/** A report as a Slack message. A row with a button is a block of its own, the others of a section share one. */
export function reportOf(report: Report, reader: SlackReader): Message {
  const { title, sections } = reportIn(report, reader.tongue);
  const header = cut(title, HEADER);
  const sheet = new Sheet(reader);
  const blocks = [
    ...sections.slice(0, SECTIONS).flatMap((section) => sheet.section(section)),
    ...textOf(sheet.more(sections.slice(SECTIONS).reduce((sum, { rows }) => sum + rows.length, 0))),
  ];
  const texts = blocks.flatMap((block) => (block.type === 'section' && block.text ? [block.text.text] : []));
  return {
    text: spokenOf([mrkdwn([header], reader), ...texts]),
    blocks: [{ type: 'header', text: { type: 'plain_text', text: header, emoji: false } }, ...blocks],
  };
}

/** Whole texts, as one that is cut could be cut within a mention; what is left out is said. */
function spokenOf(texts: readonly string[]): string {
  let left = FALLBACK;
  const fitting = texts.filter((text) => {
    left -= text.length + 1;
    return left > 0;
  });
  return (fitting.length < texts.length ? [...fitting, '…'] : fitting).join('\n');
}

/** What one message has room for: rows that do not fit any more are counted. */
class Sheet {
  readonly #reader: SlackReader;
  #left = ALL_ROWS;
  #buttons = 0;
  /** Of the section at hand. */
  #rows = 0;

  constructor(reader: SlackReader) {
    this.#reader = reader;
  }

  /** What came without a button comes last: it says how many more there are. */
  section({ heading, rows }: Spoken<Section>): readonly KnownBlock[] {
    const shown = rows.slice(0, ROWS);
    this.#rows = 0;
    const acting = shown.flatMap(({ line, button }) => (button ? this.#acting(line, button) : []));
    const plain = shown.flatMap(({ line, button, isLong }) =>
      button || isLong ? [] : this.#fitting(mrkdwn(line, this.#reader, ROW)),
    );
    const long = shown
      .filter(({ isLong }) => isLong)
      .flatMap(({ line }) => textOf(this.#fitting(mrkdwn(line, this.#reader, LONG_ROW))));
    const title = heading === '' ? [] : [`*${escaped(cut(heading, HEADER))}*`];
    const more = this.more(rows.length - this.#rows);
    if (acting.length + long.length === 0) return textOf([...title, ...plain, ...more]);
    return [...textOf(title), ...acting, ...long, ...textOf([...plain, ...more])];
  }

  /** That there are so many more. */
  more(count: number): readonly string[] {
    return count > 0 ? [mrkdwn([say`… and ${count} more.`], this.#reader)] : [];
  }

  #acting(line: Line, { label, command }: Spoken<CommandButton>): readonly SectionBlock[] {
    if (this.#buttons === BUTTONS) return [];
    // One that would have to be cut would mean something else.
    if (command.length > VALUE) return textOf(this.#fitting(mrkdwn(line, this.#reader, ROW)));
    const [text] = this.#fitting(mrkdwn(line, this.#reader, ROW), label.length + command.length);
    if (text === undefined) return [];
    // An action id is there once in a message.
    this.#buttons += 1;
    const accessory: Button = {
      type: 'button',
      action_id: `${COMMAND}${this.#buttons}`,
      text: { type: 'plain_text', text: cut(label, LABEL), emoji: false },
      value: command,
    };
    return [{ type: 'section', text: verbatim(text), accessory }];
  }

  #fitting(text: string, more = 0): readonly string[] {
    const size = text.length + more;
    if (size > this.#left) return [];
    this.#left -= size;
    this.#rows += 1;
    return [text];
  }
}

/** In as many blocks as it takes: a text that is cut at its end could be cut within a mention. */
function textOf(lines: readonly string[]): readonly SectionBlock[] {
  const texts: string[] = [];
  for (const line of lines) {
    const longer = [...texts.slice(-1), line].join('\n');
    if (texts.length > 0 && longer.length <= SECTION) texts[texts.length - 1] = longer;
    else texts.push(line);
  }
  return texts.map((text) => ({ type: 'section', text: verbatim(text) }));
}

/** What a pressed button types for whoever pressed it; undefined when it is none of these. */
export function commandOf({ action_id, value }: { readonly action_id: string; readonly value?: string }) {
  return action_id.startsWith(COMMAND) ? value : undefined;
}

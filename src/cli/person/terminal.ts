import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';
import { JitError } from '../../core/errors/errors.ts';
import { widthOf, wrapped } from '../words.ts';

/** Whether somebody sits here who can be asked. */
export function isAnswered(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Asks on the terminal; what a program reads of the output is not touched. Throws `noTerminal` where nobody is there. */
export async function answerTo(question: string, missing: { readonly what: string; readonly how: string }) {
  if (!isAnswered()) throw new JitError('noTerminal', missing);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(`${question} `)).trim();
  } finally {
    lines.close();
  }
}

/** A line for a person: of a terminal's width, and never control characters of somebody else. What is a command here is `jit`, and so is a call of the API. */
export function tell(text: string, stream: NodeJS.WriteStream = process.stdout): void {
  stream.write(`${wrapped(cleaned(text), widthOf(stream, Number.POSITIVE_INFINITY))}\n`);
}

/** The same in a colour, where the terminal has some and `NO_COLOR` is not set (no-color.org). */
export function tone(colour: 'bold' | 'green' | 'red' | 'yellow', text: string): string {
  return styleText(colour, text, { stream: process.stdout });
}

/** Commands of chat that there are here by the same words; any other is for chat. */
const HERE = new Set(
  'request approve deny withdraw revoke extend why explain recommend whoami list show machines ssh rdp'.split(' '),
);

export function cleaned(text: string): string {
  return text
    .replace(/(?!\n)[\p{Cc}\p{Cf}]/gu, '')
    .replaceAll('`/jit request` alone lists the machines', '`jit machines` lists the machines')
    .replace(/`\/jit ([\w-]+)/g, (typed, verb: string) => (HERE.has(verb) ? `\`jit ${verb}` : typed))
    .replaceAll('with a call of its own', 'with a command of its own')
    .replaceAll('Send as `words`: `', 'Use these words: `')
    .replace(/`POST \/api\/v1\/requests\/([^/`]+)\/(\w+)`/g, '`jit $2 $1`')
    .replace(/`GET \/api\/v1\/requests\/([^/`]+)`/g, '`jit show $1`')
    .replaceAll('`GET /api/v1/requests`', '`jit list`')
    .replaceAll('`POST /api/v1/requests`', '`jit request`')
    .replace(/`GET \/api\/v1\/(\w+)`/g, '`jit $1`')
    .replaceAll('`/api/v1/docs`', '`jit --help`');
}

/** What goes on, on stderr: in place on a terminal, and else a line for each thing that is new. */
export class ProgressLine {
  #last = '';

  say(text: string): void {
    const clean = cleaned(text);
    if (clean === this.#last) return;
    this.#last = clean;
    const shown = clean.slice(0, widthOf(process.stderr, 80) - 1);
    process.stderr.write(isDrawnOver() ? `\r\u001b[2K${shown}` : `${clean}\n`);
  }

  end(): void {
    if (this.#last !== '' && isDrawnOver()) process.stderr.write('\n');
    this.#last = '';
  }
}

/** A terminal that takes no more than lines says so (terminfo, `dumb`). */
function isDrawnOver(): boolean {
  return process.stderr.isTTY === true && process.env.TERM !== 'dumb';
}

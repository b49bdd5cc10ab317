import { inSlackWords } from './block-kit.ts';
import type { Flaw } from './shape.ts';

/** A refusal of the Web API: HTTP 200 with `{ ok: false, error, … }`. */
export class SlackError extends Error {
  readonly body: { readonly [key: string]: unknown };

  constructor(error: string, more: { readonly [key: string]: unknown } = {}) {
    super(error);
    this.name = 'SlackError';
    this.body = { ok: false, error, ...more };
  }
}

/** The arguments are not the method's. */
export const invalidArguments = (flaws: readonly Flaw[]): SlackError =>
  new SlackError('invalid_arguments', { response_metadata: { messages: inSlackWords(flaws) } });

/** The blocks of a message are not Block Kit, or over its limits. */
export const invalidBlocks = (flaws: readonly Flaw[]): SlackError =>
  new SlackError('invalid_blocks', {
    errors: flaws.map((f) => `${f.what} [json-pointer:${f.at}]`),
    response_metadata: { messages: inSlackWords(flaws) },
  });

import { areTooLong, checkMessageBlocks, withIds } from './block-kit.ts';
import { invalidBlocks, SlackError } from './errors.ts';
import { isObject, type Json } from './shape.ts';

/** Characters of a message's text; `chat.update` takes fewer than a new message. */
const TEXT_LIMIT = 40_000;
const UPDATE_TEXT_LIMIT = 4000;

/** The blocks of a message, checked and with all ids. */
function readBlocks(given: unknown): Json[] {
  if (!Array.isArray(given)) throw new SlackError('invalid_blocks_format');
  const flaws = checkMessageBlocks(given);
  if (flaws.length > 0) throw invalidBlocks(flaws);
  if (areTooLong(given)) throw new SlackError('msg_blocks_too_long');
  return withIds(given as Json[]);
}

function readMetadata(given: unknown): Json {
  const isValid = isObject(given) && typeof given.event_type === 'string' && isObject(given.event_payload);
  if (!isValid || Object.keys(given).length !== 2) throw new SlackError('invalid_metadata_format');
  return given;
}

/** What a new message says; refused when it says nothing. */
export function readContent(args: Json, limit = TEXT_LIMIT): { text: string; blocks: Json[]; metadata?: Json } {
  const text = typeof args.text === 'string' ? args.text : '';
  const blocks = args.blocks === undefined ? [] : readBlocks(args.blocks);
  if (text === '' && blocks.length === 0) throw new SlackError('no_text');
  if (text.length > limit) throw new SlackError('msg_too_long');
  return { text, blocks, ...(args.metadata === undefined ? {} : { metadata: readMetadata(args.metadata) }) };
}

/** The same for an update: what is not given stays as it was, an empty `metadata` removes it. */
export function readUpdate(
  args: Json,
  before: { text: string; blocks: readonly Json[]; metadata?: Json },
): typeof before {
  if (args.text === undefined && args.blocks === undefined) throw new SlackError('no_text');
  const removes = isObject(args.metadata) && Object.keys(args.metadata).length === 0;
  const { metadata, ...content } = readContent(
    {
      text: args.text ?? (args.blocks === undefined ? before.text : ''),
      blocks: args.blocks ?? before.blocks,
      ...(args.metadata === undefined || removes ? {} : { metadata: args.metadata }),
    },
    UPDATE_TEXT_LIMIT,
  );
  const kept = removes ? undefined : (metadata ?? before.metadata);
  return { ...content, ...(kept ? { metadata: kept } : {}) };
}

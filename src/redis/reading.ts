import type { Request } from '../core/request/request.ts';
import type { AskScript, ScriptAnswer } from './asking.ts';
import { type Decoding, decoding, type Wrote } from './decoding.ts';

/** A script that answers with records, and how these are decoded. */
export type ReadScript = (
  ...asked: Parameters<AskScript>
) => Promise<ScriptAnswer & { readonly decode: (id: string, record: string) => Request | undefined }>;

/** Knows of each answer what had been seen before it was asked for. */
export function reading(ask: AskScript, options: Decoding): { readonly read: ReadScript; readonly wrote: Wrote } {
  const { decode, wrote } = decoding(options);
  const read: ReadScript = async (...asked) => {
    const mark = options.newest.mark();
    const answer = await ask(...asked);
    const at = { mark, epoch: answer.stamp.epoch, isDoubted: answer.now.wentBack === true };
    return { ...answer, decode: (id, record) => decode(id, record, at) };
  };
  return { read, wrote };
}

import type { IncomingMessage } from 'node:http';

/**
 * The body of an answer as text, up to so many bytes. Throws a RangeError, in words that follow the name of the host, for a
 * redirect, a compressed body, one that is too long, and one that is no UTF-8.
 */
export async function bodyOf(answer: IncomingMessage, mostBytes: number): Promise<string> {
  const { statusCode = 0, headers } = answer;
  if (statusCode >= 300 && statusCode < 400) throw new RangeError('answers with a redirect, which is not followed');
  // A small body can become a very long one.
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') throw new RangeError('answers compressed, unasked');
  const tooLong = new RangeError(`answers with more than ${mostBytes} bytes`);
  if (Number(headers['content-length'] ?? 0) > mostBytes) throw tooLong;
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > mostBytes) throw tooLong;
    parts.push(part);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
  } catch {
    throw new RangeError('answers with what is no text');
  }
}

import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { auditFiles } from './tail.ts';

const LINE_FEED = 10;

/** Shows each line of the files of a folder, in their order. Gives the names of the files. */
export async function eachLine(
  folder: string,
  take: (line: Buffer, file: string, number: number) => void,
): Promise<readonly string[]> {
  const names = await auditFiles(folder);
  for (const name of names) await readFileLines(folder, name, take);
  return names;
}

/** The same of one file. A line is only good until `take` is over. */
export async function readFileLines(
  folder: string,
  name: string,
  take: (line: Buffer, file: string, number: number) => void,
): Promise<void> {
  let number = 0;
  let rest: Buffer = Buffer.alloc(0);
  const chunks = createReadStream(join(folder, name), { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>;
  for await (const chunk of chunks) {
    const all = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let from = 0;
    for (let at = all.indexOf(LINE_FEED); at >= 0; at = all.indexOf(LINE_FEED, from)) {
      number += 1;
      take(all.subarray(from, at), name, number);
      from = at + 1;
    }
    rest = all.subarray(from);
  }
  if (rest.length > 0) take(rest, name, number + 1);
}

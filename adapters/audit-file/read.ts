import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { auditFiles } from './tail.ts';

const LINE_FEED = 10;
/** No record is nearly as long: what is longer is shown cut off, and takes no more memory than this. */
const LONGEST_LINE = 16_000_000;

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
  let isCut = false;
  const chunks = createReadStream(join(folder, name), { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>;
  for await (const chunk of chunks) {
    const all = rest.length > 0 && !isCut ? Buffer.concat([rest, chunk]) : chunk;
    let from = 0;
    for (let at = all.indexOf(LINE_FEED); at >= 0; at = all.indexOf(LINE_FEED, from)) {
      number += 1;
      take(isCut ? rest : all.subarray(from, at), name, number);
      isCut = false;
      rest = Buffer.alloc(0);
      from = at + 1;
    }
    if (isCut) continue;
    rest = all.subarray(from);
    isCut = rest.length > LONGEST_LINE;
  }
  if (rest.length > 0) take(rest, name, number + 1);
}

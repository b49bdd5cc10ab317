import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { lineOf, readLine } from '../../src/core/evidence/line.ts';
import { readFileLines } from './read.ts';
import { auditFiles } from './tail.ts';

/**
 * Takes away what the files say of a person: each record, its hash, and the chain stay as they are. Nothing may be written to the
 * folder meanwhile. Gives in how many records something was taken away.
 */
export async function erasePerson(folder: string, person: string): Promise<number> {
  let count = 0;
  for (const name of await auditFiles(folder)) {
    const lines: (Buffer | string)[] = [];
    let changed = 0;
    await readFileLines(folder, name, (line) => {
      const without = withoutPerson(line, person);
      if (without !== undefined) changed += 1;
      lines.push(without ?? Buffer.from(line));
    });
    if (changed > 0) await replace(join(folder, name), lines);
    count += changed;
  }
  return count;
}

/** Undefined where it says nothing of them. */
function withoutPerson(line: Buffer, person: string): string | undefined {
  const read = readLine(line);
  if (!read || 'note' in read || !read.isIntact) return undefined;
  const parts = JSON.parse(read.people) as Readonly<Record<string, string>>;
  if (!Object.hasOwn(parts, person)) return undefined;
  const { [person]: _, ...rest } = parts;
  return lineOf({ ...read, people: JSON.stringify(rest) });
}

/** All of the new file or all of the old one, also after a power cut. */
async function replace(path: string, lines: readonly (Buffer | string)[]): Promise<void> {
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')])));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

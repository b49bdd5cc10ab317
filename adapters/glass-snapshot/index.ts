import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Sealer } from '../../src/core/rule/seal.ts';
import type { GlassSnapshot, KnownPeople } from '../../src/ports/glass-snapshot.ts';

/** One file, signed as a whole: what was changed in it counts for nothing. A new one replaces the old one at once, or not at all. */
export function glassSnapshot(file: string, seals: Sealer): GlassSnapshot {
  return {
    async keep(known) {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      const text = JSON.stringify(known);
      const draft = `${file}.${process.pid}.draft`;
      const handle = await open(draft, 'w', 0o600);
      try {
        await handle.writeFile(`${seals.sign(text)}\n${text}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, file);
    },
    async read() {
      const [seal = '', text = ''] = ((await existing(readFile(file, 'utf8'))) ?? '').split('\n');
      return seals.verify(text, seal) ? (JSON.parse(text) as KnownPeople) : undefined;
    },
  };
}

async function existing(reading: Promise<string>): Promise<string | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

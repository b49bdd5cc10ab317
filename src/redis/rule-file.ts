import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Sealer } from '../core/rule/seal.ts';
import type { RuleMemory } from '../ports/rule-records.ts';
import { approvedSchema } from './rule-records.ts';
import { sealedBy } from './sealed.ts';

const USE = 'remembered';

/** The newest approved rules, in a sealed file of this computer. */
export function ruleFile(file: string, seals: Sealer): RuleMemory {
  const { seal, open } = sealedBy(seals);
  return {
    async recall() {
      const text = await readFile(file, 'utf8').catch(() => undefined);
      return text === undefined ? undefined : approvedSchema.safeParse(open(USE, text)).data;
    },
    async keep(rules) {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      const draft = `${file}.${process.pid}.draft`;
      await writeFile(draft, seal(USE, rules), { mode: 0o600 });
      await rename(draft, file);
    },
  };
}

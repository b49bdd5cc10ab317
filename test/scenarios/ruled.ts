import type { Deps } from '../../src/app/deps.ts';
import type { LiveHouse } from '../../src/config/live.ts';
import { readConfig } from '../../src/config/load.ts';
import { RuleKeeper } from '../../src/keeper.ts';
import { memoryRuleRecords } from '../memory/rule-records.ts';

interface Ruled {
  readonly deps: Deps;
  readonly house: LiveHouse;
  /** The file. */
  readonly text: string;
}

/** As a process does that keeps to the approved rules. */
export async function ruled({ deps, house, text }: Ruled) {
  const records = deps.ruleRecords ?? memoryRuleRecords();
  const people = async () => deps.directory;
  const keeper = new RuleKeeper({ deps, house, records, people, resolve: false });
  keeper.start(text, 1_000_000).stop();
  await keeper.look();
  let file = text;
  return {
    look: () => keeper.look(),
    async change(part: string, by: string) {
      if (!file.includes(part)) throw new Error(`drawbridge.yaml has no ${part}`);
      file = file.replace(part, () => by);
      const read = readConfig(file);
      if ('faults' in read) throw new Error(read.faults.join('\n'));
      if (!(await keeper.propose(read.config, file))) await house.adopt(read.config);
    },
  };
}

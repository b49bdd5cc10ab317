import { checkedConfig } from '../config/load.ts';

/** `jit check [file]`: says what is configured and what may not be meant so, or throws with every fault. */
export function checkVerb(file: string): void {
  const { config, warnings } = checkedConfig(file);
  const { people, policies, slack, teams, azure, aws } = config;
  const parts = Object.entries({ slack, teams, azure, aws }).flatMap(([name, part]) => (part ? [name] : []));
  console.log(`${file} is right: ${people.length} people, ${policies.length} policies; ${parts.join(', ')}.`);
  for (const warning of warnings) console.log(`Warning: ${warning}.`);
}

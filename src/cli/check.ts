import { checkedConfig } from '../config/load.ts';

/** `jit check [file]`: says what is configured and what may not be meant so, or throws with every error. */
export function checkVerb(file: string): void {
  const { config, warnings } = checkedConfig(file);
  const { people, policies, slack, teams, azure, aws } = config;
  const parts = Object.entries({ slack, teams, azure, aws }).flatMap(([name, part]) => (part ? [name] : []));
  console.log(
    `${file} has no errors (${counted(people.length, 'person', 'people')}, ${counted(policies.length, 'policy', 'policies')}; ${parts.join(', ')}).`,
  );
  for (const warning of warnings) console.log(`Warning: ${warning}.`);
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

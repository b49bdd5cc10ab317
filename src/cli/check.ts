import { loadConfig } from '../config/load.ts';

/** `jit check [file]`: says what is configured, or throws with every fault. */
export function checkVerb(file: string): void {
  const { people, policies, slack, teams, azure, aws } = loadConfig(file);
  const parts = Object.entries({ slack, teams, azure, aws }).flatMap(([name, part]) => (part ? [name] : []));
  console.log(`${file} is right: ${people.length} people, ${policies.length} policies; ${parts.join(', ')}.`);
}

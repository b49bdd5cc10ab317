import { inventory } from '../app/machine/inventory.ts';
import { pinOf } from '../config/guarded.ts';
import { houseRules } from '../config/house.ts';
import type { Config } from '../config/schema.ts';
import { configVersion } from '../config/version.ts';
import { checkedConfig } from '../configuration.ts';
import { JitError } from '../core/errors/errors.ts';
import { phrased } from '../core/language/text.ts';
import { placesText } from '../core/machine/match.ts';
import { meansMachine } from '../core/policy/machines.ts';
import { markSigner } from '../core/rule/mark.ts';
import { heldText } from '../core/view/held.ts';
import { jsonLog } from '../observe/log.ts';
import { cloudRooms, publishedRoom } from '../rooms.ts';
import { groupWarnings } from './check-groups.ts';
import { sayLine } from './output.ts';

const LIST_MS = 60_000;

/**
 * `jit check [file]`: says what is configured and what may not be meant so, or throws with every error, secrets and files that
 * are not there included. With `offline` these are not looked for, nor groups in directories: for CI, which has none. With `machines`
 * it signs in to the clouds and says which machines each entry of `protections` means.
 */
export async function checkVerb(file: string, { machines = false, offline = false } = {}): Promise<void> {
  const { config, warnings } = await offlineTold(file, offline);
  // Read as a start reads them, and refused with the same words.
  if (!offline) await publishedRoom(config, jsonLog('error'));
  const found = offline ? [] : await groupWarnings(config);
  const { people, policies, slack, teams, azure, aws, gcp } = config;
  const parts = Object.entries({ slack, teams, azure, aws, gcp }).flatMap(([name, part]) => (part ? [name] : []));
  sayLine(
    `${file} has no errors (${counted(people.length, 'person', 'people')}, ${counted(policies.length, 'policy', 'policies')}; ${parts.join(', ')}; version ${configVersion(config)}).`,
  );
  if (config.policyChanges)
    sayLine(
      `To bind processes to these rules as the first ones: DRAWBRIDGE_RULES=${pinOf(config)} in their environment.`,
    );
  for (const warning of [...warnings, ...found]) sayLine(`Warning: ${warning}.`);
  if (machines) for (const line of await heldLines(config)) sayLine(line);
}

/** Where it is written, secrets are seldom at hand: they need not be looked for. */
async function offlineTold(file: string, offline: boolean): ReturnType<typeof checkedConfig> {
  try {
    return await checkedConfig(file, { offline });
  } catch (error) {
    const isSecret =
      error instanceof JitError &&
      / (?:is not set(?:: .*)?|cannot be read(?:: .*)?)(?: \(line \d+\))?$/m.test(error.text);
    if (!offline && isSecret) sayLine('Secrets and files are looked for; where they are not at hand, use --offline.');
    throw error;
  }
}

/** Reads alone: nothing that is signed here is ever written. */
async function heldLines(config: Config): Promise<readonly string[]> {
  const log = jsonLog('error');
  const clouds = await cloudRooms(config, markSigner(config.installation, [{ id: 'check', secret: 'check' }]), log);
  const { all, unread } = await inventory({ clouds, log }, AbortSignal.timeout(LIST_MS));
  const lines = (houseRules(config).protections ?? []).map(({ name, machines: held }) => {
    const own = all.filter((machine) => meansMachine(held, machine));
    const text = heldText({ entry: name, machines: own.map((machine) => machine.name) });
    return `Protection ${phrased(text).replaceAll('`', '')}`;
  });
  return [...lines, ...(unread.length > 0 ? [`Warning: could not read ${placesText(unread)}.`] : [])];
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

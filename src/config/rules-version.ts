import { createHash } from 'node:crypto';
import type { Config } from './schema.ts';
import { configVersion } from './version.ts';

/** All sections by which it is judged who may do what. */
const JUDGES = [
  ...['people', 'groups', 'directory', 'onCall', 'security', 'protectors', 'leaver'],
  ...['machines', 'sources', 'policies', 'breakGlass', 'breakGlassOffline', 'lease', 'requests', 'tickets'],
] as const;
/** Where a file is differs from computer to computer. */
const PLACE = /(?:File|Folder|Dir)$/;

/** What a process says of its configuration. */
export function versionsOf(config: Config): { readonly config: string; readonly rules: string } {
  return { config: configVersion(config), rules: rulesVersion(config) };
}

/** The same for processes that judge alike, whatever else differs between them: where they listen, where their files are. */
function rulesVersion(config: Config): string {
  const sections: Readonly<Record<string, unknown>> = config;
  const judging = [...JUDGES].sort().map((name) => [name, sections[name]]);
  const text = JSON.stringify(judging, (key, value: unknown) => (PLACE.test(key) ? undefined : value));
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

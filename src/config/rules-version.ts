import { createHash } from 'node:crypto';
import type { Config } from './schema.ts';
import { configVersion } from './version.ts';

/** All sections by which it is judged who may do what, and where. */
const JUDGES = [
  ...['people', 'groups', 'directory', 'onCall', 'security', 'protectors', 'protections', 'leaver'],
  ...['machines', 'sources', 'policies', 'breakGlass', 'breakGlassOffline', 'lease', 'requests', 'tickets'],
  ...['aws', 'azure', 'gcp'],
] as const;
/** Where a file is differs from computer to computer. */
const PLACE = /(?:File|Folder|Dir)$/;

interface Versions {
  readonly config: string;
  readonly rules: string;
}

/** They are asked for every second: a configuration is taken up whole, and none is changed after that. */
const known = new WeakMap<Config, Versions>();

/** What a process says of its configuration. */
export function versionsOf(config: Config): Versions {
  const before = known.get(config);
  if (before) return before;
  const versions = { config: configVersion(config), rules: rulesVersion(config) };
  known.set(config, versions);
  return versions;
}

/** The same for processes that judge alike, whatever else differs between them: where they listen, where their files are. */
function rulesVersion(config: Config): string {
  const sections: Readonly<Record<string, unknown>> = config;
  const judging = [...JUDGES].sort().map((name) => [name, sections[name]]);
  const text = JSON.stringify(judging, (key, value: unknown) => (PLACE.test(key) ? undefined : value));
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

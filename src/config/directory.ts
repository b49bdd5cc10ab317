import type { ChatName } from '../core/people/place.ts';
import { roleOf } from './aws-roles.ts';
import { groupTable, peopleOf } from './house.ts';
import { groupsAsked } from './people-faults.ts';
import type { Config } from './schema.ts';
import { secretOf } from './secrets.ts';

/** The chats that are configured, best first. */
export function chatsOf({ slack, teams }: Config): readonly ChatName[] {
  return [...(slack ? (['slack'] as const) : []), ...(teams ? (['teams'] as const) : [])];
}

/** What the directories are told: the people and groups of the file, and how others are read. */
export function directorySettings(config: Config) {
  const { entra, links, furtherAccounts, mailDomains, keep } = config.directory;
  const further = Object.entries(furtherAccounts).map(([one, own]) => [one.toLowerCase(), own.toLowerCase()] as const);
  return {
    people: peopleOf(config),
    groups: groupTable(config),
    asked: groupsAsked(config),
    map: new Map(Object.entries(links)),
    ...(further.length > 0 ? { further: new Map(further) } : {}),
    mailDomains,
    chats: chatsOf(config),
    keptMs: keep,
    ...(entra ? { entra: entraOf(entra) } : {}),
  };
}

function entraOf({ clientSecret, ...settings }: NonNullable<Config['directory']['entra']>) {
  return { ...settings, ...(clientSecret ? { clientSecret: secretOf(clientSecret) } : {}) };
}

/** The identity store, and how it is called: with the keys of `aws`, where it has some. */
export function identityCenterOf({ aws, directory: { identityCenter } }: Config) {
  if (!identityCenter) return undefined;
  const { role, endpoint, ...settings } = identityCenter;
  const { accessKeyId, secretAccessKey, endpoint: usual } = aws ?? {};
  const at = endpoint ?? usual;
  const keys =
    accessKeyId && secretAccessKey
      ? { credentials: { accessKeyId: secretOf(accessKeyId), secretAccessKey: secretOf(secretAccessKey) } }
      : {};
  return {
    settings: { ...settings, ...(role ? { role: roleOf(role) } : {}) },
    given: { ...(at ? { endpoint: at } : {}), ...keys },
  };
}

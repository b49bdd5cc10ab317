import {
  eachLine,
  erasuresIn,
  fileSink,
  keysIn,
  nearlyAuditFiles,
  personalFiles,
} from '../adapters/audit-file/index.ts';
import { eventHook, httpsSink } from '../adapters/audit-https/index.ts';
import { otlpSink } from '../adapters/audit-otlp/index.ts';
import { peopleKeys } from '../adapters/people-keys/index.ts';
import { folderExaminer } from '../adapters/undo/index.ts';
import { forSink } from './app/evidence/for-sink.ts';
import { rotateBytes } from './config/audit.ts';
import { auditFolder, peopleKeysFolder } from './config/audit-folder.ts';
import { auditKeyNames, auditKeys, timedVkeys } from './config/audit-keys.ts';
import { roleOf } from './config/aws-roles.ts';
import type { Config } from './config/schema.ts';
import { liveSecretOf, secretOf } from './config/secrets.ts';
import { badConfig } from './core/errors/bad-config.ts';
import { DAY_MS } from './core/language/instant.ts';
import { pauseFor } from './kit/clock.ts';
import type { AuditChain } from './ports/audit-chain.ts';
import type { EvidenceRoom } from './ports/evidence-room.ts';
import type { Log } from './ports/log.ts';
import type { PeopleKeys } from './ports/people-keys.ts';
import type { Sink } from './ports/sink.ts';
import { callsOf } from './rooms.ts';

/** Shows each line of the audit files of a folder, in their order; gives how many files there were. */
export const auditLines: typeof eachLine = (...asked) => eachLine(...asked);

/** Files of that folder that are called nearly so, and are not read. */
export const unreadAuditFiles: typeof nearlyAuditFiles = (folder) => nearlyAuditFiles(folder);

/** The keys of people in a folder. */
export const keysOfPeople: typeof peopleKeys = (folder) => peopleKeys(folder);

/** The public keys that stand beside them. */
export const keysBeside: typeof keysIn = (folder) => keysIn(folder);

/** What stands beside them, signed, of whoever was erased. */
export const erasuresBeside: typeof erasuresIn = (folder) => erasuresIn(folder);

/** What chains the audit, signs it, and keeps it beyond the store: the sinks of the configuration. */
export async function evidenceRoom(config: Config, chain: AuditChain, log: Log): Promise<EvidenceRoom> {
  const { audit, installation } = config;
  const [signer, ...older] = auditKeys(config);
  const olderKeys = older.map(({ vkey }) => vkey);
  const vkeys = [signer.vkey, ...olderKeys];
  const keys = peopleKeys(peopleKeysFolder(config));
  const sinks: Sink[] = [];
  if (audit.files.enabled) {
    const files = { installation, folder: auditFolder(config), rotateBytes: rotateBytes(audit.files.megabytes), vkeys };
    sinks.push(forSink(fileSink(files), 'clear', keys));
  }
  sinks.push(...(await bucketSinks(config, vkeys, keys)), ...(await awaySinks(config, log, keys)));
  const twice = sinks.find(({ name }, i) => sinks.findIndex((one) => one.name === name) !== i);
  // They would share how far they are, and each would lack what the other one has.
  if (twice) throw badConfig([`audit: two sinks are called ${twice.name}`]);
  return {
    installation,
    chain,
    people: keys,
    personal: audit.files.enabled
      ? [personalFiles(auditFolder(config), { installation, keys: timedVkeys(config) })]
      : [],
    keepMs: audit.keepDays * DAY_MS,
    wall: Date.now,
    signer,
    keyNames: auditKeyNames(config),
    sinks,
    ...(audit.keep === 'all' ? {} : { keep: audit.keep }),
  };
}

/** Those that are reached over the network. */
async function awaySinks(config: Config, log: Log, keys: PeopleKeys): Promise<readonly Sink[]> {
  const { https, azureLogs, otlp } = config.audit;
  const urls = [
    ...https.map(({ url }) => url),
    ...(azureLogs ? [azureLogs.endpoint, azureLogs.management] : []),
    ...(otlp ? [otlp.url] : []),
  ];
  const call = callsOf(config, urls);
  const all: Sink[] = https.map(({ secret: reference, kind, events, people, ...sink }) => {
    const secret = liveSecretOf(reference);
    const own =
      kind === 'events'
        ? eventHook({ ...sink, secret, ...(events && { events }) }, call, Date.now)
        : httpsSink({ ...sink, kind, secret }, call, { now: Date.now, pause: pauseFor });
    return forSink(own, people, keys);
  });
  if (otlp) {
    const headers = Object.fromEntries(Object.entries(otlp.headers).map(([key, value]) => [key, secretOf(value)]));
    all.push(forSink(otlpSink({ ...otlp, headers }, call, log), otlp.people, keys));
  }
  if (azureLogs) {
    const { azureLogsSink, ownCredential } = await import('../adapters/audit-azure-logs/index.ts');
    const ways = { call, credential: ownCredential(), monotonic: () => performance.now() };
    all.push(forSink(azureLogsSink(azureLogs, ways), azureLogs.people, keys));
  }
  return all;
}

/** The bucket whose objects are locked. */
async function bucketSinks(
  { installation, audit: { s3 } }: Config,
  vkeys: readonly string[],
  keys: PeopleKeys,
): Promise<readonly Sink[]> {
  if (!s3) return [];
  const { s3Sink } = await import('../adapters/audit-s3/index.ts');
  const { role, endpoint, people, ...settings } = s3;
  const more = { ...(role && { role: roleOf(role) }), ...(endpoint === undefined ? {} : { endpoint }) };
  return [forSink(s3Sink({ ...settings, ...more, installation, vkeys }, Date.now), people, keys)];
}

/** Looks at the folders in which something is kept beside Redis, when the doctor is asked. */
export function foldersOf(config: Config) {
  const { undo, audit } = config;
  return folderExaminer([
    { setting: 'undo.folder', path: undo.folder },
    { setting: 'audit.spool', path: audit.spool },
    { setting: 'audit.peopleKeys', path: peopleKeysFolder(config) },
  ]);
}

import { eachLine, fileSink, keysIn } from '../adapters/audit-file/index.ts';
import { rotateBytes } from './config/audit.ts';
import { auditFolder } from './config/audit-folder.ts';
import { auditKeys } from './config/audit-keys.ts';
import type { Config } from './config/schema.ts';
import type { AuditChain } from './ports/audit-chain.ts';
import type { EvidenceRoom } from './ports/evidence-room.ts';
import type { Sink } from './ports/sink.ts';

/** Shows each line of the audit files of a folder, in their order; gives how many files there were. */
export const auditLines: typeof eachLine = (...asked) => eachLine(...asked);

/** The public keys that stand beside them. */
export const keysBeside: typeof keysIn = (folder) => keysIn(folder);

/** What chains the audit, signs it, and keeps it beyond the store: the sinks of the configuration. */
export async function evidenceRoom(config: Config, chain: AuditChain): Promise<EvidenceRoom> {
  const { audit, installation } = config;
  const [signer, ...older] = auditKeys(config);
  const olderKeys = older.map(({ vkey }) => vkey);
  const sinks: Sink[] = [];
  if (audit.files.enabled)
    sinks.push(
      fileSink({
        folder: auditFolder(config),
        rotateBytes: rotateBytes(audit.files.megabytes),
        vkeys: [signer.vkey, ...olderKeys],
      }),
    );
  return {
    installation,
    chain,
    signer,
    olderKeys,
    sinks,
    ...(audit.keep === 'all' ? {} : { keep: audit.keep }),
  };
}

import type { AuditEntry } from '../../src/core/audit/entry.ts';
import { recordOf } from '../../src/core/audit/record.ts';
import type { Instant } from '../../src/core/language/instant.ts';
import type { Audit, AuditRecord } from '../../src/ports/audit.ts';

export interface MemoryAudit extends Audit {
  /** Writes the entry of a commit, at this instant. */
  keep(entry: AuditEntry, at: Instant): void;
  /** Everything, in order. */
  readonly all: readonly AuditRecord[];
  /** While set, every write throws this. */
  failure?: Error;
}

/** The twin of the audit in Redis: the same order and the same texts. */
export function memoryAudit(now: () => Instant): MemoryAudit {
  const all: AuditRecord[] = [];
  const written = new Set<string>();
  let salts = 0;
  const salt = () => {
    salts += 1;
    return `salt-${salts}`;
  };
  const audit: MemoryAudit = {
    all,
    keep(entry, at) {
      if (audit.failure) throw audit.failure;
      const epoch = all[0]?.epoch ?? at;
      all.push({ epoch, sequence: all.length + 1, at, ...recordOf(entry, salt) });
    },
    async record(entry) {
      const key = `${entry.act} ${entry.event} ${entry.outcome}`;
      if (written.has(key)) return;
      audit.keep(entry, now());
      written.add(key);
    },
    merge: (entry) => audit.record(entry),
    async read(after, limit) {
      const from = after === undefined ? 0 : after.sequence;
      return all.filter(({ sequence }) => sequence > from).slice(0, limit);
    },
    newest: async () => all.at(-1),
    async size() {
      return { entries: all.length };
    },
  };
  return audit;
}

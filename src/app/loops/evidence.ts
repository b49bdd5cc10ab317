import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/language/instant.ts';
import type { Deps } from '../deps.ts';
import { anchor } from '../evidence/anchor.ts';
import { retain, trimAudit, watchChain, watchSinks } from '../evidence/behind.ts';
import { cloudLogWatcher } from '../evidence/cloud-logs.ts';
import { deliverer } from '../evidence/deliver.ts';
import { eraseAgain } from '../evidence/erase.ts';
import { sequence } from '../evidence/sequence.ts';
import type { Alarms } from '../operators/alarms.ts';

const CHAIN_MS = 2 * SECOND_MS;
const DELIVER_MS = 2 * SECOND_MS;
const WATCH_MS = 30 * SECOND_MS;
const ANCHOR_MS = 10 * MINUTE_MS;
const RETAIN_MS = HOUR_MS;
/** What came back with a backup, and what could not go before. */
const ERASE_MS = 6 * HOUR_MS;
const TRIM_MS = 60 * SECOND_MS;
/** With it, what a log shows is told within two minutes. */
const LOGS_MS = MINUTE_MS;

/** Chaining the audit, comparing it with the clouds' logs, and a loop for each sink: one that hangs holds up no other. */
export function evidenceLoops(deps: Deps, alarms: Alarms) {
  const { evidence: room } = deps;
  const leaseMs = 30 * SECOND_MS;
  const logs = deps.logMarks
    ? [{ name: 'cloud logs', everyMs: LOGS_MS, leaseMs, run: cloudLogWatcher(deps, deps.logMarks, alarms) }]
    : [];
  if (!room) return logs;
  return [
    ...logs,
    { name: 'chain', everyMs: CHAIN_MS, leaseMs, run: (signal: AbortSignal) => sequence(deps, room, alarms, signal) },
    ...room.sinks.map((sink) => ({
      name: `sink ${sink.name}`,
      everyMs: DELIVER_MS,
      leaseMs,
      run: deliverer(deps, room, sink, alarms),
    })),
    { name: 'sinks', everyMs: WATCH_MS, leaseMs, run: () => watchSinks(deps, room, alarms) },
    { name: 'unchained', everyMs: WATCH_MS, leaseMs, run: () => watchChain(deps, room, alarms) },
    { name: 'anchor', everyMs: ANCHOR_MS, leaseMs, run: () => anchor(deps, room) },
    { name: 'retain', everyMs: RETAIN_MS, leaseMs, run: () => retain(deps, room) },
    { name: 'erasures', everyMs: ERASE_MS, leaseMs, run: () => eraseAgain(deps) },
    { name: 'trim', everyMs: TRIM_MS, leaseMs, run: () => trimAudit(deps, room) },
  ];
}

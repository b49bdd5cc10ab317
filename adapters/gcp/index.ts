import type { MarkSigner } from '../../src/core/rule/mark.ts';
import { pauseFor } from '../../src/kit/clock.ts';
import { allOf } from '../../src/kit/outcome.ts';
import type { CloudAdapter, Protector } from '../../src/ports/cloud.ts';
import type { Examiner } from '../../src/ports/examiner.ts';
import type { Log } from '../../src/ports/log.ts';
import type { CallWatch } from '../../src/ports/meter.ts';
import type { Remover } from '../../src/ports/remover.ts';
import { ComputeClient } from './client.ts';
import type { Gcp } from './context.ts';
import { examine } from './examine.ts';
import { close, locate, open, remove } from './lease.ts';
import { CLOSINGS } from './limits.ts';
import { listMachines, mustBeConfigured, readVm, refOf } from './machines.ts';
import { look, observe } from './observe.ts';
import { patrol } from './patrol.ts';
import { protect, unprotect } from './protection.ts';
import type { GcpSettings } from './settings.ts';

/** The longest that one change with its operation takes; what takes longer is found out by reading. */
const CALL_MS = 60_000;
/** Measured nowhere: reads after a finished operation are taken to lag by no more than this. */
const READ_LAG_MS = 10_000;
interface GcpDeps {
  readonly marks: MarkSigner;
  /** The name of this installation, as it is in the marks. */
  readonly installation: string;
  readonly log: Log;
  /** Sees every call. */
  readonly called?: CallWatch;
  /** The process clock. */
  now(): number;
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** VPC firewall rules of Google Cloud: for each lease one that allows, on the machine's own internal address. */
export function gcpAdapter(
  settings: GcpSettings,
  { pause = pauseFor, called, ...deps }: GcpDeps,
): CloudAdapter & Protector & Remover & Examiner {
  const clock = { now: () => deps.now(), pause };
  const gcp: Gcp = { ...deps, ...clock, settings, client: new ComputeClient(settings, clock, called) };
  return {
    cloud: 'gcp',
    limits: { callMs: CALL_MS, readLagMs: READ_LAG_MS, closings: CLOSINGS },
    machines: (signal) => listMachines(gcp, signal),
    look: (machine, signal) => look(gcp, machine, signal),
    locate: (rules, signal) => locate(gcp, rules, signal),
    observe: (machine, placements, signal) => observe(gcp, machine, placements, signal),
    open: (openings, signal, beforeCall) => open(gcp, openings, { signal, beforeCall }),
    close: (placements, signal, beforeCall) => close(gcp, placements, { signal, beforeCall }),
    // Each lease has a rule of its own, which is deleted by its name.
    onlyRemoves: () => true,
    mustHave: (machine) => mustBeConfigured(gcp, refOf(machine).project),
    patrol: (signal, only) => patrol(gcp, signal, only),
    marked: (signal) => patrol(gcp, signal),
    remove: (placements, mayGo, signal) => remove(gcp, placements, mayGo, signal),
    timeAt: () => gcp.client.cloudNow(),
    async check(signal) {
      await allOf(gcp.settings.projects, (project) =>
        gcp.client.get(
          { path: `/projects/${project}/global/firewalls`, kind: 'firewallList', query: { maxResults: '1' } },
          signal,
        ),
      );
    },
    examine: (_, signal) => examine(gcp, signal),
    async protect(machine, protection, signal) {
      await protect(gcp, await readVm(gcp, machine, signal), protection, signal);
      return look(gcp, machine, signal);
    },
    async unprotect(machine, signal, ports) {
      await unprotect(gcp, await readVm(gcp, machine, signal), ports, signal);
      return look(gcp, machine, signal);
    },
    protectKey: async (machine) => machine,
  };
}

import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import type { MarkSigner } from '../../src/core/rule/mark.ts';
import { pauseFor } from '../../src/kit/clock.ts';
import { urgently } from '../../src/kit/pacing.ts';
import type { Assessor } from '../../src/ports/assessor.ts';
import type { CloudAdapter, Protector } from '../../src/ports/cloud.ts';
import type { Entitlement } from '../../src/ports/entitlement.ts';
import type { Lockdown } from '../../src/ports/lockdown.ts';
import type { Log } from '../../src/ports/log.ts';
import type { Watcher } from '../../src/ports/watcher.ts';
import { assess } from './assess.ts';
import type { Aws } from './ec2/context.ts';
import { instanceRef } from './ec2/ids.ts';
import { machineLists } from './ec2/machines.ts';
import { READ_LAG_MS } from './ec2/read.ts';
import { Sites } from './ec2/sites.ts';
import { entitlementOf } from './entitlement/entitlement.ts';
import { close } from './lease/close.ts';
import { locate } from './lease/locate.ts';
import { open } from './lease/open.ts';
import { RevokedRules } from './lease/revoked.ts';
import { lockDown } from './lockdown/lock-down.ts';
import { planLockdown } from './lockdown/plan.ts';
import { putBack } from './lockdown/put-back.ts';
import { look, observe } from './observe.ts';
import { patrol } from './patrol.ts';
import { protect } from './protect.ts';
import { type AwsSettings, fullSettings } from './settings.ts';
import { unprotect } from './unprotect.ts';
import { watcherOf } from './watcher.ts';

export type { AwsSettings } from './settings.ts';

export interface AwsDeps {
  readonly marks: MarkSigner;
  /** The name of this installation, as it is in the marks. */
  readonly installation: string;
  readonly log: Log;
  /** The process clock, for what is kept a while only. */
  now(): number;
  /** Waits while a new security group is not known everywhere yet; a timer unless told. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

type AwsAdapter = CloudAdapter & Protector & Assessor & Lockdown & Partial<Entitlement & Watcher>;

/** EC2 in all accounts and regions of the settings: one JIT security group for each protected machine. */
export function awsAdapter(given: AwsSettings, deps: AwsDeps): AwsAdapter {
  const settings = fullSettings(given);
  const { callMs, entitlement, drift } = settings;
  const pause = deps.pause ?? pauseFor;
  const aws: Aws = {
    ...deps,
    now: () => deps.now(),
    sites: new Sites(settings, { now: () => deps.now(), pause }, deps.log),
    emptySince: new Map(),
    quotas: new Map(),
    settings,
    revoked: new RevokedRules(() => deps.now(), READ_LAG_MS),
    pause,
  };
  const lists = machineLists(aws);
  return {
    cloud: 'aws',
    limits: { callMs, readLagMs: READ_LAG_MS },
    machines: async (signal) => (await lists.read(signal)).all,
    look: (machine, signal) => look(aws, machine, signal),
    locate: (rules, signal) => locate(aws, rules, signal),
    observe: (machine, placements, signal) => observe(aws, machine, placements, signal),
    open: (openings, signal, beforeCall) => open(aws, openings, { signal, beforeCall }),
    close: (placements, signal, beforeCall) => urgently(() => close(aws, placements, { signal, beforeCall })),
    async *patrol(signal, only) {
      await aws.sites.organization.refresh(signal);
      yield* patrol(aws, signal, only);
    },
    async check(signal) {
      const read = { MaxResults: 5 };
      await aws.sites.organization.refresh(signal);
      const operators = aws.sites.all();
      // A role that protects, or ends that, is missed only when it is needed.
      const onboarders = operators.map((site) => aws.sites.of(site, true));
      await Promise.all(
        [...new Set([...operators, ...onboarders])].map((site) =>
          site.call(signal, (ec2, options) => ec2.send(new DescribeInstancesCommand(read), options)),
        ),
      );
    },
    protect: (machine, protection, signal) => protect(aws, machine, protection, signal),
    unprotect: (machine, signal, ports) => unprotect(aws, machine, signal, ports),
    // Its own group and interface.
    async protectKey(machine) {
      return machine;
    },
    // Groups that it may share with any other machine there.
    lockdownKey(machine) {
      const { account, region } = instanceRef(machine);
      return `aws:${account}:${region}`;
    },
    planLockdown: (machine, ports, how, signal) => planLockdown(aws, machine, ports, how, signal),
    lockDown: (machine, ports, how, undo, signal) => lockDown(aws, machine, ports, how, undo, signal),
    putBack: (which, undo, signal) => putBack(aws, which, undo, signal),
    ...(entitlement ? entitlementOf(aws, entitlement) : {}),
    ...(drift ? watcherOf(aws, drift) : {}),
    async assess(signal) {
      await aws.sites.organization.refresh(signal);
      return assess(aws, signal);
    },
  };
}

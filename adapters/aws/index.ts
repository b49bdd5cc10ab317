import type { MarkSigner } from '../../src/core/rule/mark.ts';
import { Above, listBelow, stateBelow } from '../../src/kit/above.ts';
import { type Clock, pauseFor } from '../../src/kit/clock.ts';
import { proving, urgently } from '../../src/kit/rank.ts';
import { ENDLESS } from '../../src/kit/time-limit.ts';
import type { Addressed } from '../../src/ports/addressed.ts';
import type { Assessor } from '../../src/ports/assessor.ts';
import type { CloudAdapter, MachineState, Protector } from '../../src/ports/cloud.ts';
import type { Entitlement } from '../../src/ports/entitlement.ts';
import type { Examiner } from '../../src/ports/examiner.ts';
import type { Lockdown } from '../../src/ports/lockdown.ts';
import type { Log } from '../../src/ports/log.ts';
import type { CallWatch } from '../../src/ports/meter.ts';
import type { Places } from '../../src/ports/places.ts';
import type { Remover } from '../../src/ports/remover.ts';
import type { Sessions } from '../../src/ports/sessions.ts';
import type { SourceGroups } from '../../src/ports/source-groups.ts';
import type { Tracer } from '../../src/ports/tracer.ts';
import type { UsageLog } from '../../src/ports/usage.ts';
import type { Watcher } from '../../src/ports/watcher.ts';
import type { WriteLog } from '../../src/ports/write-log.ts';
import { assess } from './assess.ts';
import { bearers } from './bearers.ts';
import { check } from './check.ts';
import { awsAddressed } from './ec2/addresses.ts';
import { Changers } from './ec2/changers.ts';
import type { Aws } from './ec2/context.ts';
import { groupRef, instanceRef } from './ec2/ids.ts';
import { machineLists } from './ec2/machines.ts';
import { READ_LAG_MS } from './ec2/read.ts';
import { RevokedRules } from './ec2/revoked-rules.ts';
import { Sites } from './ec2/sites.ts';
import { CLOSINGS } from './ec2/throttle.ts';
import { readUnits } from './ec2/units.ts';
import { examineAws } from './examine.ts';
import { close } from './lease/close.ts';
import { locate } from './lease/locate.ts';
import { open } from './lease/open.ts';
import { strategyOf } from './lease/strategies.ts';
import { lockDown } from './lockdown/lock-down.ts';
import { planLockdown } from './lockdown/plan.ts';
import { planPutBack } from './lockdown/plan-put-back.ts';
import { putBack } from './lockdown/put-back.ts';
import { closedIn } from './lockdown/record.ts';
import { misplaced, putRight } from './misplaced.ts';
import { look, observe } from './observe.ts';
import { marked, patrol } from './patrol.ts';
import { protect } from './protect.ts';
import { remove } from './remove.ts';
import { type AwsSessions, sessionsOf } from './sessions/sessions.ts';
import { type AwsSettings, type FullSettings, fullSettings } from './settings.ts';
import { trace } from './trace.ts';
import { unprotect } from './unprotect.ts';
import { type AwsUsage, usageOf } from './usage/usage.ts';
import { watcherOf } from './watcher.ts';
import { writeLogOf } from './written.ts';

// What a bench fills its accounts with, and what its bare calls are made by.
export { clientFor } from './ec2/clients.ts';
export { groupRef } from './ec2/ids.ts';
export { groupName } from './ec2/security-group.ts';
export { protectionText, ruleTags, TAG } from './ec2/tags.ts';
export { STRATEGIES } from './lease/strategies.ts';
export { evaluate, waysInto } from './reach/evaluate.ts';
export type { InstanceInterface } from './reach/model.ts';
export { type AwsSettings, fullSettings } from './settings.ts';

/** IAM Identity Center: its client is loaded where people of it are configured. */
export function peopleStore() {
  return import('./people/store.ts');
}

export interface AwsDeps {
  readonly marks: MarkSigner;
  /** The name of this installation, as it is in the marks. */
  readonly installation: string;
  readonly log: Log;
  /** Sees every call. */
  readonly called?: CallWatch;
  /** The process clock, for what is kept a while only. */
  now(): number;
  /** Waits while a new security group is not known everywhere yet; a timer unless told. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

type AwsAdapter = CloudAdapter &
  Addressed &
  Examiner &
  Protector &
  Assessor &
  Lockdown &
  Places &
  Remover &
  SourceGroups &
  Tracer &
  WriteLog &
  Partial<Entitlement & Sessions & UsageLog & Watcher>;

/** EC2 in all accounts and regions of the settings: one JIT security group for each protected machine. */
export function awsAdapter(given: AwsSettings, deps: AwsDeps): AwsAdapter {
  const aws = contextOf(fullSettings(given), deps);
  const { callMs, strategy, entitlement, drift, cutSessions } = aws.settings;
  const sessions = cutSessions === undefined ? undefined : sessionsOf(aws, cutSessions);
  const usage = aws.settings.flowLogs ? usageOf(aws) : undefined;
  const lists = machineLists(aws);
  const above = aws.settings.units && aboveOf(aws, aws.settings.units);
  return {
    cloud: 'aws',
    limits: { callMs, readLagMs: READ_LAG_MS, closings: CLOSINGS[strategy] },
    machines: async (signal) => listBelow(above, await lists.read(signal), signal),
    addressed: awsAddressed(aws),
    look: async (machine, signal) =>
      stateBelow(above, await withRecords(await look(aws, machine, signal), { sessions, usage }, signal), signal),
    bearers: (machine, group, signal) => bearers(aws, machine, group, signal),
    trace: (asked, signal) => trace(aws, asked, signal),
    locate: (rules, signal) => locate(aws, rules, signal),
    observe: (machine, placements, signal) => proving(() => observe(aws, machine, placements, signal)),
    open: (openings, signal, beforeCall) => open(aws, openings, { signal, beforeCall }),
    close: (placements, signal, beforeCall) => urgently(() => close(aws, placements, { signal, beforeCall })),
    mustHave: (machine) => void aws.sites.ofOpen(instanceRef(machine)),
    onlyRemoves: (placement) => strategyOf(placement).onlyRemoves,
    ...throughoutOf(aws),
    remove: (placements, mayGo, signal) => urgently(() => remove(aws, placements, mayGo, signal)),
    async *misplaced(signal, only) {
      await aws.sites.organization.refresh(signal);
      yield* misplaced(aws, signal, only);
    },
    putRight: (found, signal) => putRight(aws, found, signal),
    timeAt: (machine) => aws.sites.find(instanceRef(machine))?.cloudNow(),
    check: (signal) => check(aws, signal),
    examine: async (_, signal) => [...(await examineAws(aws, signal)), ...(above ? [await above.examine()] : [])],
    protect: (machine, protection, signal) => protect(aws, machine, protection, signal),
    unprotect: (machine, signal, ports) => unprotect(aws, machine, signal, ports),
    // Its own group and interface.
    protectKey: async (machine) => machine,
    // Groups that it may share with any other machine there.
    lockdownKey(of) {
      const { account, region } = typeof of === 'string' ? instanceRef(of) : groupRef(of.at);
      return `aws:${account}:${region}`;
    },
    planLockdown: (ask, signal) => planLockdown(aws, ask, signal),
    lockDown: (ask, undo, signal) => lockDown(aws, ask, undo, signal),
    closedIn,
    planPutBack: (which, undo, signal) => planPutBack(aws, which, undo, signal),
    putBack: (which, undo, signal) => putBack(aws, which, undo, signal),
    ...writeLogOf(aws),
    ...(entitlement ? entitlementOnUse(aws, entitlement) : {}),
    ...(drift ? watcherOf(aws, drift) : {}),
    ...(sessions ? { cut: sessions.cut } : {}),
    ...(usage ? { used: usage.used } : {}),
  };
}

/** IAM is asked at requests: its client is loaded with the first one. */
function entitlementOnUse(aws: Aws, action: string): Entitlement {
  let made: Promise<Entitlement> | undefined;
  const room = () => {
    made ??= import('./entitlement/entitlement.ts').then(({ entitlementOf }) => entitlementOf(aws, action));
    // What could not be made is made anew with the next request.
    made.catch(() => {
      made = undefined;
    });
    return made;
  };
  return { mayRequest: async (person, machine, signal) => (await room()).mayRequest(person, machine, signal) };
}

function aboveOf(aws: Aws, { role }: NonNullable<FullSettings['units']>): Above {
  const lister = role ?? aws.settings.organization?.lister;
  return new Above({
    of: 'AWS Organizations',
    what: 'organizational units',
    remedy: 'Grant what manifests/aws/units.yaml does to the role of aws.units.',
    read: () => readUnits(aws.settings, lister, ENDLESS),
    siteOf: ({ id }) => instanceRef(id).account,
    clock: aws,
    log: aws.log,
    warning: 'the organizational units of accounts could not be read',
  });
}

/** With whether sessions are cut there, and whether it is known who connects, where that is set up. */
async function withRecords(
  state: MachineState,
  { sessions, usage }: { readonly sessions: AwsSessions | undefined; readonly usage: AwsUsage | undefined },
  signal: AbortSignal,
): Promise<MachineState> {
  const [sessionsStay, usageUntold] = await Promise.all([
    sessions?.against(state.machine, signal),
    usage ? usage.against(state.machine.id, signal) : '`aws.flowLogs` is not configured',
  ]);
  const cut = sessionsStay === undefined ? { cutsSessions: true } : { sessionsStay };
  return { ...state, ...(sessions ? cut : {}), ...(usageUntold === undefined ? {} : { usageUntold }) };
}

function contextOf(settings: FullSettings, { marks, installation, log, called, now, pause = pauseFor }: AwsDeps): Aws {
  const clock: Clock = { now, pause };
  const watching = { ...settings, called };
  return {
    ...clock,
    marks,
    installation,
    log,
    settings: watching,
    sites: new Sites(watching, clock, log),
    quotas: new Map(),
    revoked: new RevokedRules(now, READ_LAG_MS),
    emptySince: new Map(),
    changers: new Changers(now),
  };
}

/** What goes through everything learns first which accounts there are. */
function throughoutOf(aws: Aws): Pick<AwsAdapter, 'patrol' | 'marked' | 'assess'> {
  const { organization } = aws.sites;
  return {
    async *patrol(signal, only) {
      await organization.refresh(signal);
      yield* patrol(aws, signal, only);
    },
    async *marked(signal) {
      await organization.refresh(signal);
      yield* marked(aws, signal);
    },
    async assess(signal) {
      await organization.refresh(signal);
      return assess(aws, signal);
    },
  };
}

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../shared/clock.ts';
import { Faults } from '../shared/faults.ts';
import { AWS_ACCOUNT_ID, AWS_REGION } from '../world.ts';
import { Credentials, type WebTrust } from './credentials.ts';
import { defaultMachines, furnish, launch, type MachineSpec } from './fixture.ts';
import { FlowRecords } from './flow-records.ts';
import { createHuman, type Human } from './human.ts';
import type { Principals, Statement } from './iam.ts';
import type { RolesInIam } from './iam-roles.ts';
import { IdentityCenter } from './identity-center.ts';
import { CallLog, type LoggedCall } from './log.ts';
import type { OrganizationAccount } from './organizations.ts';
import type { ToldReply } from './parts.ts';
import { type Approach, isReached } from './reach.ts';
import type { Quotas } from './region.ts';
import { SecretsManager } from './secrets-manager.ts';
import { createAwsServer } from './server.ts';
import { Verifier } from './signature.ts';
import { Queue } from './sqs.ts';
import { SystemsManager } from './ssm.ts';
import { Throttle } from './throttle.ts';
import { Trail } from './trail.ts';
import { type AwsState, stateOf } from './view.ts';
import { AwsWorld } from './world.ts';

export type { MachineSpec } from './fixture.ts';
export { largeWorld } from './fixture.ts';
export type { Human } from './human.ts';
export type { LoggedCall } from './log.ts';
export type { AwsState } from './view.ts';

export interface AwsSimulatorOptions {
  /** Real time unless told. The SDK judges the end of a session by real time, so a manual clock had better start there. */
  readonly clock?: Clock;
  /** On 127.0.0.1; 0 (the default) lets the system choose. */
  readonly port?: number;
  /** The first one has the user; each has the role. One account with one region unless told. */
  readonly accounts?: readonly { readonly id: string; readonly regions: readonly string[] }[];
  readonly instances?: readonly MachineSpec[];
  /** `aws` unless told: `aws-us-gov` or `aws-cn`. Of EC2 and STS alone. */
  readonly partition?: string;
  /** How far reads lag behind writes, on the clock; 0 unless told. */
  readonly readLagMs?: number;
  readonly quotas?: Partial<Quotas>;
  /** Whether EC2's token buckets are on; off unless told. */
  readonly throttling?: boolean;
  /** Whether the VPC of each region is its default VPC; it is not unless told. */
  readonly defaultVpc?: boolean;
  /** How far a signature's date may be from the clock: AWS's 15 minutes unless told. */
  readonly maxSkewMs?: number;
  /** Hears of every reply in XML. */
  readonly onReply?: (reply: ToldReply) => void;
  /** Makes something else of a successful answer in XML; the state stays as it is. */
  readonly oddly?: (action: string, body: string) => string;
}

/** EC2 and STS of a few accounts, on loopback. */
export interface AwsSimulator {
  /** The endpoint of both services, for `AWS_ENDPOINT_URL`. */
  readonly url: string;
  /** A user of the first account who may do everything there, and assume the role of every account. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The first account and its first region. */
  readonly accountId: string;
  readonly region: string;
  /** The role of the first account; that of another one has that account's id instead. */
  readonly roleArn: string;
  /** Its other role, for protecting machines. */
  readonly onboarderArn: string;
  /** What every role asks for. */
  readonly externalId: string;
  /** By action: `AuthorizeSecurityGroupIngress`. Taken by calls whose signature was found right. */
  readonly faults: Faults;
  readonly human: Human;
  /** CloudTrail's event history: what EC2 was told, and what people did. */
  readonly trail: Trail;
  /** Flow logs in CloudWatch Logs, and the traffic that they record. */
  readonly flowRecords: FlowRecords;
  /** What EventBridge tells of the things that people do, and of nothing else. */
  readonly queue: Queue;
  /** How far reads lag from now on. */
  setReadLag(ms: number): void;
  /** The accounts of the organization, which the first one manages: all of them unless changed. */
  readonly organization: OrganizationAccount[];
  /** What each organizational unit is in, by its id: another one, or the root `r-sim1`. */
  readonly units: Map<string, string>;
  readonly identityCenter: IdentityCenter;
  /** Roles that were made through IAM, by account and name: `123456789012/drawbridge-operator`. */
  readonly roles: RolesInIam;
  /** Secrets of the first account in its first region. */
  readonly secretsManager: SecretsManager;
  /** Agents, documents and commands, and who is connected to instances. */
  readonly systemsManager: SystemsManager;
  /** Gives a user or role of people these statements in place of all it had. */
  setPolicies(arn: string, statements: readonly Statement[]): void;
  /** Adds a role to the first account for whoever bears such a token; gives its ARN. */
  addWebRole(name: string, trusts: WebTrust): string;
  /** Whether the trust policy of a role lacks `sts:SetSourceIdentity`. */
  setRefusesIdentity(arn: string, refuses: boolean): void;
  /** The role of an account cannot be assumed any more. */
  removeRole(arn: string): void;
  state(): AwsState;
  /** Does a packet get to a machine now, and the answer back: by security groups, network ACLs and routes? */
  reachable(approach: Approach): boolean;
  /** The calls so far. */
  log(): readonly LoggedCall[];
  /** Calls `listener` after every change; gives back the way to stop that. */
  onChange(listener: () => void): () => void;
  stop(): Promise<void>;
}

/** Defaults of a new account (Amazon VPC quotas). */
const QUOTAS: Quotas = { rulesPerGroup: 60, groupsPerInterface: 5, groupsPerRegion: 2500 };

const ROLE = 'drawbridge-operator';
const ONBOARDER = 'drawbridge-onboarder';
const EXTERNAL_ID = 'drawbridge-simulated';
const MAX_SKEW_MS = 15 * 60 * 1000;

/** Starts EC2 and STS with the machines of the simulated world, or with others. */
export async function startAwsSimulator(options: AwsSimulatorOptions = {}): Promise<AwsSimulator> {
  const {
    clock = Date.now,
    port = 0,
    accounts = [{ id: AWS_ACCOUNT_ID, regions: [AWS_REGION] }],
    instances = defaultMachines,
    partition = 'aws',
  } = options;
  const [home] = accounts;
  const [homeRegion] = home?.regions ?? [];
  if (!home || !homeRegion) throw new Error('The simulated AWS needs an account with a region');

  const world = new AwsWorld(clock, options.readLagMs ?? 0);
  const credentials = new Credentials(world.now, partition);
  for (const { id } of accounts) for (const role of [ROLE, ONBOARDER]) credentials.addRole(id, role, EXTERNAL_ID);
  world.setUp((nowMs) => {
    for (const { id, regions } of accounts)
      for (const name of regions)
        furnish(world.addRegion(id, name, { ...QUOTAS, ...options.quotas }), options.defaultVpc ?? false);
    for (const spec of instances) {
      const region = world.region(spec.account ?? home.id, spec.region ?? homeRegion);
      if (!region) throw new Error(`The simulated AWS has no region ${spec.account}/${spec.region}`);
      launch(region, spec, nowMs);
    }
  });

  const user = credentials.addUser(home.id, 'drawbridge');
  const principals: Principals = new Map();
  const roles: RolesInIam = new Map();
  const identityCenter = new IdentityCenter(principals);
  const organization: OrganizationAccount[] = accounts.map(({ id }) => ({ id, state: 'ACTIVE' }));
  const units = new Map<string, string>();
  const queue = new Queue(`https://sqs.${homeRegion}.amazonaws.com/${home.id}/drawbridge-drift`, world.now);
  const trail = new Trail(world.now);
  const secretsManager = new SecretsManager(home.id, homeRegion, world.now);
  const faults = new Faults();
  const log = new CallLog();
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const systemsManager = new SystemsManager(world, changed);
  const flowRecords = new FlowRecords(world);
  const server = createAwsServer({
    world,
    credentials,
    principals,
    roles,
    throttle: options.throttling ? new Throttle(world.now) : undefined,
    verifier: new Verifier(world.now, options.maxSkewMs ?? MAX_SKEW_MS, (id) => credentials.find(id)),
    faults,
    log,
    queue,
    organization,
    units,
    identityCenter,
    systemsManager,
    secretsManager,
    trail,
    flowRecords,
    changed,
    ...(options.onReply ? { onReply: options.onReply } : {}),
    ...(options.oddly ? { oddly: options.oddly } : {}),
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accessKeyId: user.accessKeyId,
    secretAccessKey: user.secretAccessKey,
    accountId: home.id,
    region: homeRegion,
    roleArn: `arn:${partition}:iam::${home.id}:role/${ROLE}`,
    onboarderArn: `arn:${partition}:iam::${home.id}:role/${ONBOARDER}`,
    externalId: EXTERNAL_ID,
    faults,
    human: createHuman(world, changed, (account, region, detail) => {
      trail.done(account, region, { ...detail });
      const type = 'AWS API Call via CloudTrail';
      queue.send(JSON.stringify({ version: '0', source: 'aws.ec2', 'detail-type': type, account, region, detail }));
    }),
    queue,
    secretsManager,
    trail,
    flowRecords,
    setReadLag: (ms) => {
      world.readLagMs = ms;
    },
    organization,
    units,
    identityCenter,
    roles,
    systemsManager,
    setPolicies: (arn, statements) => void principals.set(arn, statements),
    addWebRole: (name, trusts) => credentials.addWebRole(home.id, name, trusts),
    setRefusesIdentity: (arn, refuses) => credentials.setRefusesIdentity(arn, refuses),
    removeRole: (arn) => credentials.removeRole(arn),
    state: () => {
      world.settle();
      return stateOf(world);
    },
    reachable: (approach) => {
      world.settle();
      return isReached(world.regions(), approach);
    },
    log: () => {
      world.settle();
      return log.all();
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

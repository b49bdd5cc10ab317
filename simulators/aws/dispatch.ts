import { randomUUID } from 'node:crypto';
import { aroundActions } from './around.ts';
import type { Action } from './call.ts';
import type { Caller, Credentials } from './credentials.ts';
import { AwsError, authFailure } from './errors.ts';
import { flowLogActions } from './flow-logs.ts';
import { groupActions } from './groups.ts';
import { IAM_VERSION, iamActions, type Principals } from './iam.ts';
import { type RolesInIam, roleActions } from './iam-roles.ts';
import { interfaceActions } from './interfaces.ts';
import { machineActions } from './machines.ts';
import { networkActions } from './network.ts';
import { publicAccessActions } from './public-access.ts';
import type { Query } from './query.ts';
import type { Region } from './region.ts';
import { ruleActions } from './rules.ts';
import type { Service, Signer } from './signature.ts';
import { assumeRoleWithWebIdentity, STS_VERSION, stsActions } from './sts.ts';
import { tagActions } from './tags.ts';
import type { Throttle } from './throttle.ts';
import type { AwsWorld } from './world.ts';
import { leaf, node } from './xml.ts';

const EC2_VERSION = '2016-11-15';

const ec2Actions: ReadonlyMap<string, Action> = new Map(
  Object.entries({
    ...groupActions,
    ...ruleActions,
    ...machineActions,
    ...interfaceActions,
    ...tagActions,
    ...networkActions,
    ...aroundActions,
    ...publicAccessActions,
    ...flowLogActions,
  }),
);

/** What is behind the HTTP server. */
export interface Backend {
  readonly world: AwsWorld;
  readonly credentials: Credentials;
  readonly principals: Principals;
  readonly roles: RolesInIam;
  /** Absent: calls are never throttled by their number. */
  readonly throttle?: Throttle;
}

export interface Reply {
  readonly status: number;
  /** The error's code; absent for a success. */
  readonly code?: string;
  readonly requestId: string;
  readonly body: string;
}

/** A verified call that is still to be done. */
export interface Prepared {
  readonly mutating: boolean;
  readonly caller: Caller;
  readonly region: string;
  /** Does it. A read sees the state of `lagMs` ago on the clock. */
  readonly run: (lagMs: number) => Reply;
}

/** The service that a call is for: each has its own API version. EC2 answers for versions that nobody has. */
export const serviceOf = (query: Query): Service => {
  const version = query.text('Version');
  return version === STS_VERSION ? 'sts' : version === IAM_VERSION ? 'iam' : 'ec2';
};

/** A refusal in the envelope of its service. */
export function refusal(service: Service, error: AwsError): Reply {
  const requestId = randomUUID();
  const inner = leaf('Code', error.code) + leaf('Message', error.message);
  const type = leaf('Type', error.status < 500 ? 'Sender' : 'Receiver');
  const body =
    service === 'ec2'
      ? node('Response', node('Errors', node('Error', inner)) + leaf('RequestID', requestId))
      : `<ErrorResponse xmlns="https://${service}.amazonaws.com/doc/${service === 'sts' ? STS_VERSION : IAM_VERSION}/">` +
        `${node('Error', type + inner)}${leaf('RequestId', requestId)}</ErrorResponse>`;
  return { status: error.status, code: error.code, requestId, body };
}

/** The service's own "too many requests". */
export const throttled = (service: Service): AwsError =>
  service === 'ec2'
    ? new AwsError('RequestLimitExceeded', 'Request limit exceeded.', 503)
    : new AwsError('Throttling', 'Rate exceeded', 400);

/** Answers with what `run` gives, or with the refusal it throws. */
function answered(service: Service, action: string, run: () => string): Reply {
  try {
    const content = run();
    const requestId = randomUUID();
    const body =
      service === 'ec2'
        ? `<${action}Response xmlns="http://ec2.amazonaws.com/doc/${EC2_VERSION}/">${leaf('requestId', requestId)}${content}</${action}Response>`
        : `<${action}Response xmlns="https://${service}.amazonaws.com/doc/${service === 'sts' ? STS_VERSION : IAM_VERSION}/">${node(`${action}Result`, content)}` +
          `${node('ResponseMetadata', leaf('RequestId', requestId))}</${action}Response>`;
    return { status: 200, requestId, body };
  } catch (error) {
    if (error instanceof AwsError) return refusal(service, error);
    throw error;
  }
}

/** The one call that nobody signs. */
export function prepareUnsigned({ world, credentials }: Backend, query: Query): Prepared | undefined {
  const name = 'AssumeRoleWithWebIdentity';
  if (serviceOf(query) !== 'sts' || query.text('Action') !== name) return undefined;
  const caller = { account: '', arn: 'anonymous', userId: 'anonymous', assumed: false };
  const run = () => answered('sts', name, () => assumeRoleWithWebIdentity(query, credentials, world.now()));
  return { mutating: false, caller, region: '', run };
}

/** Finds the action and the place that a verified call is for; throws its refusal. */
export function prepare(backend: Backend, service: Service, query: Query, signer: Signer): Prepared {
  const name = query.text('Action');
  if (!name) throw new AwsError('MissingAction', 'The request is missing an action.');
  const unknown = new AwsError('InvalidAction', `The action ${name} is not valid for this web service.`);
  const { caller } = signer.credential;
  if (service === 'sts') {
    const run = stsActions.get(name);
    if (!run) throw unknown;
    const call = { query, caller, credentials: backend.credentials };
    return { mutating: false, caller, region: signer.region, run: () => answered('sts', name, () => run(call)) };
  }
  if (service === 'iam') {
    const run = iamActions.get(name) ?? roleActions.get(name);
    if (!run) throw unknown;
    const call = { query, caller, principals: backend.principals, roles: backend.roles };
    const mutating = !/^(?:Get|List|Simulate)/.test(name);
    return { mutating, caller, region: signer.region, run: () => answered('iam', name, () => run(call)) };
  }
  if (query.text('Version') !== EC2_VERSION)
    throw new AwsError(
      'NoSuchVersion',
      `The requested version (${query.text('Version')}) of service AmazonEC2 does not exist`,
    );
  const action = ec2Actions.get(name);
  if (!action) throw unknown;
  // A region that is not enabled for the account knows none of its keys.
  const region = backend.world.region(caller.account, signer.region);
  if (!region) throw authFailure();
  const everything =
    !query.struct('Filter') && query.text('MaxResults') === undefined && query.text('NextToken') === undefined;
  if (backend.throttle?.take(`${region.account}/${region.name}`, name, action.mutating, everything) === false)
    throw throttled('ec2');
  const run = (lagMs: number) => ec2(backend.world, action, { name, query, region, caller }, lagMs);
  return { mutating: action.mutating, caller, region: region.name, run };
}

interface Ec2Request {
  readonly name: string;
  readonly query: Query;
  readonly region: Region;
  readonly caller: Caller;
}

function ec2(world: AwsWorld, action: Action, { name, query, region, caller }: Ec2Request, lagMs: number): Reply {
  const nowMs = world.now();
  return answered('ec2', name, () => {
    const dryRun = query.flag('DryRun');
    return action.run({
      action: name,
      query,
      region,
      reading: lagMs > 0 ? region.at(nowMs - lagMs) : region,
      caller,
      nowMs,
      regionNames: world.regionNames(region.account),
      checked: () => {
        query.end();
        if (dryRun) throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
      },
    });
  });
}

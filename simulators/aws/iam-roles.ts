import { type Caller, iamId } from './credentials.ts';
import { AwsError } from './errors.ts';
import type { Query } from './query.ts';
import { instant, leaf, node } from './xml.ts';

/** What a role has in IAM. */
export interface RoleInIam {
  readonly id: string;
  readonly trust: string;
  readonly sessionS: number;
  readonly tags: ReadonlyMap<string, string>;
  /** Inline policies as they were written, by name. */
  readonly policies: ReadonlyMap<string, string>;
  /** ARNs of managed policies. */
  readonly attached: readonly string[];
}

/** The roles of all accounts, by account and name. */
export type RolesInIam = Map<string, RoleInIam>;

interface RoleCall {
  readonly query: Query;
  readonly caller: Caller;
  readonly roles: RolesInIam;
}

const NAME = /^[\w+=,.@-]{1,64}$/;
const POLICY_NAME = /^[\w+=,.@-]{1,128}$/;
/** "IAM and AWS STS quotas": characters without white space. */
const LONGEST = { trust: 2_048, inline: 10_240 };
const CREATED = instant(Date.UTC(2026, 0, 1));

const malformed = (why: string) => new AwsError('MalformedPolicyDocument', why);
const noEntity = (what: string) => new AwsError('NoSuchEntity', `${what} cannot be found.`, 404);
const invalid = (why: string) => new AwsError('ValidationError', why);
const sizeOf = (text: string) => text.replaceAll(/\s/g, '').length;

/** RFC 3986, also where JavaScript leaves letters as they are. */
const encoded = (text: string) =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);

const keyOf = ({ account }: Caller, name: string) => `${account}/${name}`;

function nameIn(query: Query, parameter: string, pattern: RegExp): string {
  const name = query.need(parameter);
  if (!pattern.test(name)) throw invalid(`The specified value for ${parameter} is invalid.`);
  return name;
}

function roleIn({ query, caller, roles }: RoleCall): { readonly key: string; readonly name: string; role: RoleInIam } {
  const name = nameIn(query, 'RoleName', NAME);
  const key = keyOf(caller, name);
  const role = roles.get(key);
  if (!role) throw noEntity(`The role with name ${name}`);
  return { key, name, role };
}

const ELEMENTS = ['Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition'];
const ACTION = /^[a-z0-9-]+:[A-Za-z*]+$/;

/** The elements of a policy that this knows; others are refused ("IAM JSON policy elements reference"). */
function checked(text: string, kind: 'trust' | 'inline'): string {
  let document: { readonly Version?: unknown; readonly Statement?: unknown };
  try {
    document = JSON.parse(text) as typeof document;
  } catch {
    throw malformed('Syntax errors in policy.');
  }
  const { Version, Statement, ...rest } = document;
  if (Version !== '2012-10-17' || Object.keys(rest).length > 0 || !Array.isArray(Statement) || Statement.length === 0)
    throw malformed('Syntax errors in policy.');
  for (const one of Statement as readonly Readonly<Record<string, unknown>>[]) {
    const unknown = Object.keys(one).find((key) => !ELEMENTS.includes(key));
    const { Effect, Action, Principal, Resource } = one;
    const actions = [Action].flat();
    if (unknown !== undefined || (Effect !== 'Allow' && Effect !== 'Deny')) throw malformed('Syntax errors in policy.');
    if (actions.length === 0 || actions.some((action) => typeof action !== 'string' || !ACTION.test(action)))
      throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
    if (kind === 'trust' ? Resource !== undefined : Principal !== undefined)
      throw malformed(
        kind === 'trust' ? 'Has prohibited field Resource' : 'Policy document should not specify a principal.',
      );
    if (kind === 'trust' ? typeof Principal !== 'object' : Resource === undefined)
      throw malformed(
        kind === 'trust' ? 'Missing required field Principal' : 'Policy statement must contain resources.',
      );
  }
  if (sizeOf(text) > LONGEST[kind])
    throw new AwsError('LimitExceeded', `Cannot exceed quota for ${kind}: ${LONGEST[kind]}`, 409);
  return text;
}

function sessionIn(query: Query): number | undefined {
  const seconds = query.integer('MaxSessionDuration');
  if (seconds !== undefined && !(seconds >= 3_600 && seconds <= 43_200))
    throw invalid('MaxSessionDuration is from 3600 to 43200.');
  return seconds;
}

function described({ account }: Caller, name: string, { id, trust, sessionS }: RoleInIam): string {
  const told = [
    leaf('Path', '/'),
    leaf('RoleName', name),
    leaf('RoleId', id),
    leaf('Arn', `arn:aws:iam::${account}:role/${name}`),
    leaf('CreateDate', CREATED),
    leaf('AssumeRolePolicyDocument', encoded(trust)),
    leaf('MaxSessionDuration', sessionS),
  ];
  return node('Role', told.join(''));
}

function create({ query, caller, roles }: RoleCall): string {
  const name = nameIn(query, 'RoleName', NAME);
  const trust = checked(query.need('AssumeRolePolicyDocument'), 'trust');
  const sessionS = sessionIn(query) ?? 3_600;
  const tags = (query.struct('Tags')?.structs('member') ?? []).map(
    (tag) => [tag.need('Key'), tag.need('Value')] as const,
  );
  query.end();
  const key = keyOf(caller, name);
  if (roles.has(key)) throw new AwsError('EntityAlreadyExists', `Role with name ${name} already exists.`, 409);
  const role = { id: iamId('AROA'), trust, sessionS, tags: new Map(tags), policies: new Map(), attached: [] };
  roles.set(key, role);
  return described(caller, name, role);
}

function get(call: RoleCall): string {
  const { name, role } = roleIn(call);
  call.query.end();
  return described(call.caller, name, role);
}

/** One page: lists that are longer than what was asked for are not simulated. */
function listed(call: RoleCall, element: string, membersOf: (role: RoleInIam) => readonly string[]): string {
  const { role } = roleIn(call);
  const most = call.query.integer('MaxItems') ?? 100;
  call.query.end();
  const members = membersOf(role);
  if (!(most >= 1 && most <= 1_000)) throw invalid('MaxItems is from 1 to 1000.');
  return node(element, members.slice(0, most).join('')) + leaf('IsTruncated', members.length > most);
}

function put(call: RoleCall): string {
  const { key, role } = roleIn(call);
  const policy = nameIn(call.query, 'PolicyName', POLICY_NAME);
  const policies = new Map(role.policies).set(policy, checked(call.query.need('PolicyDocument'), 'inline'));
  call.query.end();
  // "The aggregate size of all inline policies" of a role counts.
  if ([...policies.values()].reduce((sum, text) => sum + sizeOf(text), 0) > LONGEST.inline)
    throw new AwsError('LimitExceeded', `Maximum policy size of ${LONGEST.inline} bytes exceeded for the role.`, 409);
  call.roles.set(key, { ...role, policies });
  return '';
}

function policyIn(call: RoleCall) {
  const found = roleIn(call);
  const policy = nameIn(call.query, 'PolicyName', POLICY_NAME);
  call.query.end();
  const text = found.role.policies.get(policy);
  if (text === undefined) throw noEntity(`The role policy with name ${policy}`);
  return { ...found, policy, text };
}

function getPolicy(call: RoleCall): string {
  const { name, policy, text } = policyIn(call);
  return leaf('RoleName', name) + leaf('PolicyName', policy) + leaf('PolicyDocument', encoded(text));
}

function deletePolicy(call: RoleCall): string {
  const { key, role, policy } = policyIn(call);
  call.roles.set(key, { ...role, policies: new Map([...role.policies].filter(([name]) => name !== policy)) });
  return '';
}

function updateTrust(call: RoleCall): string {
  const { key, role } = roleIn(call);
  const trust = checked(call.query.need('PolicyDocument'), 'trust');
  call.query.end();
  call.roles.set(key, { ...role, trust });
  return '';
}

function update(call: RoleCall): string {
  const { key, role } = roleIn(call);
  const sessionS = sessionIn(call.query) ?? role.sessionS;
  call.query.end();
  call.roles.set(key, { ...role, sessionS });
  return '';
}

const tagOf = ([key, value]: readonly [string, string]) => node('member', leaf('Key', key) + leaf('Value', value));
const attachedOf = (arn: string) =>
  node('member', leaf('PolicyName', arn.slice(arn.lastIndexOf('/') + 1)) + leaf('PolicyArn', arn));

/** Making roles and writing policies in them (IAM API reference, each action's page). */
export const roleActions: ReadonlyMap<string, (call: RoleCall) => string> = new Map([
  ['CreateRole', create],
  ['GetRole', get],
  ['ListRoleTags', (call) => listed(call, 'Tags', ({ tags }) => [...tags].map(tagOf))],
  [
    'ListRolePolicies',
    (call) => listed(call, 'PolicyNames', ({ policies }) => [...policies.keys()].map((name) => leaf('member', name))),
  ],
  ['ListAttachedRolePolicies', (call) => listed(call, 'AttachedPolicies', ({ attached }) => attached.map(attachedOf))],
  ['GetRolePolicy', getPolicy],
  ['PutRolePolicy', put],
  ['DeleteRolePolicy', deletePolicy],
  ['UpdateAssumeRolePolicy', updateTrust],
  ['UpdateRole', update],
]);

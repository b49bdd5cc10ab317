import { rolesOfTemplate, type TemplateRoles } from '../config/role-template.ts';
import type { Config } from '../config/schema.ts';
import { secretOf } from '../config/secrets.ts';
import { fetchFor } from '../configuration.ts';
import { badConfig } from '../core/errors/bad-config.ts';
import type { FoundRole, RoleChange, TrustedRole, TrustedRoleMaker } from '../ports/role-maker.ts';
import { trustedRoleMaker } from '../surveys.ts';
import { complain } from './output.ts';
import { policyLines } from './policy-lines.ts';
import type { CreateOptions, RolePlan, RoleStep } from './role-plan.ts';
import { rolesFor } from './roles.ts';

type AwsConfig = NonNullable<Config['aws']>;

const wrong = (fault: string) => badConfig([fault], undefined, 'The command');

/** What makes the roles of the manifest right in the account that is signed in to. */
export async function awsRoleSteps(config: Config, options: CreateOptions, signal: AbortSignal): Promise<RolePlan> {
  const said = {
    after: 'IAM may take some seconds until they can be assumed: `jit doctor` says whether they can.',
    takes:
      'iam:CreateRole, TagRole, UpdateRole, UpdateAssumeRolePolicy, PutRolePolicy, and DeleteRolePolicy, and a principal that exists',
  };
  const { text, note } = rolesFor('aws', options.for);
  if (note !== undefined) complain(note);
  const { aws, installation } = config;
  if (text === undefined || !aws) return { steps: [], notes: [], ...said };
  const [region = 'us-east-1'] = [...aws.accounts, ...(aws.organization ? [aws.organization] : [])].flatMap(
    ({ regions }) => regions,
  );
  const maker = await trustedRoleMaker({ region, ...(aws.endpoint ? { endpoint: aws.endpoint } : {}) });
  const account = await maker.account(signal);
  const named = namedIn(aws, account.id);
  const externalId = await externalIdOf(config, named.externalId);
  const template = rolesOfTemplate(text, parametersOf(aws, { installation, externalId, options }), account);
  const wanted = wantedOf(template, named.roles, account);
  const all = await Promise.all(wanted.map(({ name }) => maker.find(name, signal)));
  const about = { maker, externalId, account: account.id, ours: template.policyNames };
  const planned = wanted.map((role, index) => stepOf({ ...role, installation }, all[index], about));
  return {
    steps: planned.flatMap(({ step }) => step),
    notes: [...planned.flatMap(({ notes }) => notes), ...named.notes],
    ...said,
  };
}

/** What the file says of an account: the ARNs or names of its roles, and the reference of their external ID. */
function namedIn({ accounts, organization }: AwsConfig, id: string) {
  const own = accounts.find((one) => one.id === id);
  if (!own && !organization)
    throw wrong(`you are signed in to the account ${id}, which is not in aws.accounts: sign in to one that is`);
  const roles = own?.role
    ? [own.role.arn, own.onboarder?.arn]
    : organization
      ? [organization.role, organization.onboarder]
      : [];
  if (roles.length === 0) throw wrong(`aws.accounts has no role for ${id}: set role.arn and role.externalId`);
  const externalId = own?.role ? own.role.externalId : organization?.externalId;
  if (own?.role && own.onboarder && own.onboarder.externalId !== externalId)
    throw wrong(`aws.accounts has two external IDs for ${id}: these roles take one`);
  if (externalId === undefined) throw wrong('no externalId is set for the role: these roles ask for one');
  const others = accounts.filter((one) => one.id !== id).map((one) => one.id);
  const rest = organization ? 'The other accounts of the organization' : others.join(', ');
  const notes = rest === '' ? [] : [`${rest}: sign in to each, or deploy a StackSet (docs/aws.md).`];
  return { roles: roles.flatMap((one) => one ?? []), externalId, notes };
}

async function externalIdOf(config: Config, reference: string): Promise<string> {
  await fetchFor(config, 'missing');
  return secretOf(reference);
}

interface Given {
  readonly installation: string;
  readonly externalId: string;
  readonly options: CreateOptions;
}

/** The parameters of the template, from the settings that they are for. */
function parametersOf(aws: AwsConfig, { installation, externalId, options: { principal, flowLogs } }: Given) {
  if (principal === undefined)
    throw wrong('add --principal <arn>: `aws sts get-caller-identity` says it where Drawbridge will run');
  if (aws.flowLogs && flowLogs === undefined) throw wrong('add --flow-logs <log group>, as aws.flowLogs is set');
  return {
    Principal: principal,
    ExternalId: externalId,
    Installation: installation,
    Strategy: aws.strategy,
    Entitlement: aws.entitlement === undefined ? 'none' : 'iam',
    CutSessions: aws.cutSessions?.document ?? '',
    FlowLogs: flowLogs ?? '',
  };
}

/** The roles of the template that the file names. Each that it names must be one of them. */
function wantedOf(
  { roles }: TemplateRoles,
  named: readonly string[],
  { id, partition }: { readonly id: string; readonly partition: string },
) {
  return named.map((one) => {
    const found = roles.find(({ name }) => one === name || one === `arn:${partition}:iam::${id}:role/${name}`);
    if (found) return found;
    const names = roles.map(({ name }) => name).join(' and ');
    throw wrong(`drawbridge.yaml names the role ${one}: those that are made here are ${names}, of the account ${id}`);
  });
}

interface About {
  readonly maker: TrustedRoleMaker;
  readonly externalId: string;
  readonly account: string;
  /** Names of all policies that such a role may have. */
  readonly ours: readonly string[];
}

function stepOf(role: TrustedRole, found: FoundRole | undefined, about: About) {
  if (found && found.installation !== role.installation)
    throw wrong(
      `the role ${role.name} of ${about.account} is there, and was not made by this command for this installation, so it is left as it is. If a CloudFormation stack made it (\`aws cloudformation describe-stack-resources --physical-resource-id ${role.name}\` says which), change it there: \`npx jit roles aws > roles.yaml\`, then \`aws cloudformation deploy --template-file roles.yaml --stack-name <stack> --capabilities CAPABILITY_NAMED_IAM\`, which keeps the stack's parameters. If Terraform made it, change it there. Otherwise delete it, and run this again`,
    );
  const changes = [
    ...(found ? [] : [{ kind: 'create', role } as const]),
    ...changesOf(role, found, about.ours, about.externalId),
  ];
  const lines = changes.flatMap((change) => said(change, role, found, about.externalId));
  const title = found ? `Change “${role.name}” in ${about.account}:` : `Make “${role.name}” in ${about.account}:`;
  const step: RoleStep = {
    name: role.name,
    lines: [title, ...lines.map((line) => `    ${line}`)],
    // A `Map` says nothing in JSON; the policies are changes of their own.
    writes: changes,
    done: async (signal) => {
      for (const change of changes) await about.maker.write(role.name, change, signal);
    },
  };
  const foreign = [...(found?.policies.keys() ?? [])].filter((name) => !about.ours.includes(name));
  const left = [...foreign, ...(found?.attached ?? [])].map(
    (name) => `“${role.name}” has the policy ${name} besides, which is left alone.`,
  );
  return { step: changes.length === 0 ? [] : [step], notes: left };
}

/** What takes away comes first. */
function changesOf(
  role: TrustedRole,
  found: FoundRole | undefined,
  ours: readonly string[],
  externalId: string,
): readonly RoleChange[] {
  const isSame = (one: TrustedRole['trust'], other: TrustedRole['trust'] | undefined) =>
    other !== undefined &&
    new Set(policyLines(one, externalId)).symmetricDifference(new Set(policyLines(other, externalId))).size === 0;
  const over = [...(found?.policies.keys() ?? [])].filter((name) => ours.includes(name) && !role.policies.has(name));
  const lacking = [...role.policies].filter(([name, document]) => !isSame(document, found?.policies.get(name)));
  return [
    ...over.map((policy) => ({ kind: 'removePolicy', policy }) as const),
    ...(found && !isSame(role.trust, found.trust) ? [{ kind: 'trust', trust: role.trust } as const] : []),
    ...(found && found.sessionS !== role.sessionS ? [{ kind: 'session', sessionS: role.sessionS } as const] : []),
    ...lacking.map(([policy, document]) => ({ kind: 'policy', policy, document }) as const),
  ];
}

/** A change in lines: `+` for what a role that is there gets, `-` for what it loses. */
function said(
  change: RoleChange,
  role: TrustedRole,
  found: FoundRole | undefined,
  externalId: string,
): readonly string[] {
  const differs = (after: TrustedRole['trust'] | undefined, before: TrustedRole['trust'] | undefined, what: string) => {
    const linesOf = (one: TrustedRole['trust'] | undefined) => new Set(one ? policyLines(one, externalId) : []);
    const [more, less] = [linesOf(after), linesOf(before)];
    const sign = (one: string) => (found ? `${one} ` : '');
    return [
      ...[...more.difference(less)].map((line) => `${sign('+')}${what}: ${line}`),
      ...[...less.difference(more)].map((line) => `${sign('-')}${what}: ${line}`),
    ];
  };
  switch (change.kind) {
    case 'create':
    case 'trust':
      return differs(role.trust, found?.trust, 'trust');
    case 'session':
      return [`+ sessions of at most ${change.sessionS} s`, `- sessions of at most ${found?.sessionS} s`];
    case 'policy':
      return differs(change.document, found?.policies.get(change.policy), change.policy);
    case 'removePolicy':
      return differs(undefined, found?.policies.get(change.policy), change.policy);
  }
}

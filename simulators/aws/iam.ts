import type { Caller } from './credentials.ts';
import { AwsError } from './errors.ts';
import type { Query } from './query.ts';
import { leaf, node } from './xml.ts';

/** The one version of the IAM API. */
export const IAM_VERSION = '2010-05-08';

/** One statement of a person's policies. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** With `*`. */
  readonly actions: readonly string[];
  /** With `*`; all unless told. */
  readonly resources?: readonly string[];
  /** `aws:ResourceTag/<key>` must be one of these. */
  readonly tags?: Readonly<Record<string, string>>;
  /** `ssm:resourceTag/<key>` must be one of these. */
  readonly ssmTags?: Readonly<Record<string, string>>;
  /** Any other condition key must be this. */
  readonly also?: Readonly<Record<string, string>>;
}

/** Users and roles with their policies, by ARN. */
export type Principals = Map<string, readonly Statement[]>;

interface IamCall {
  readonly query: Query;
  readonly caller: Caller;
  readonly principals: Principals;
}

const PRINCIPAL = /^arn:aws:iam::(\d{12}):(?:user|role|group)\/[\w+=,.@/-]{1,512}$/;

function matches(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) =>
    new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 'i').test(text),
  );
}

interface Result {
  readonly decision: 'allowed' | 'explicitDeny' | 'implicitDeny';
  readonly missing: readonly string[];
}

/** Policy evaluation of one account, without boundaries and organizations ("Policy evaluation logic"). */
function simulate(
  statements: readonly Statement[],
  action: string,
  resource: string,
  context: ReadonlyMap<string, readonly string[]>,
): Result {
  const missing = new Set<string>();
  const fitting = statements.filter(({ actions, resources = ['*'], tags = {}, ssmTags = {}, also = {} }) => {
    if (!matches(actions, action) || !matches(resources, resource)) return false;
    const wanted = [
      ...Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value] as const),
      ...Object.entries(ssmTags).map(([key, value]) => [`ssm:resourceTag/${key}`, value] as const),
      ...Object.entries(also),
    ];
    return wanted.every(([key, value]) => {
      const given = context.get(key.toLowerCase());
      if (!given) missing.add(key);
      return given?.includes(value) ?? false;
    });
  });
  const isDenied = fitting.some(({ effect }) => effect === 'Deny');
  const isAllowed = fitting.some(({ effect }) => effect === 'Allow');
  return { decision: isDenied ? 'explicitDeny' : isAllowed ? 'allowed' : 'implicitDeny', missing: [...missing] };
}

/** SimulatePrincipalPolicy: neither resource policies nor tags of resources are looked up; what is not passed is missing. */
function simulatePrincipalPolicy({ query, caller, principals }: IamCall): string {
  const members = (name: string) => query.struct(name)?.list('member') ?? [];
  const arn = query.need('PolicySourceArn');
  const actions = members('ActionNames');
  const resources = members('ResourceArns');
  const most = Number(query.text('MaxItems') ?? 100);
  if (!(most >= 1 && most <= 1000)) throw new AwsError('ValidationError', 'MaxItems is from 1 to 1000.');
  const entries = query.struct('ContextEntries')?.structs('member') ?? [];
  const context = new Map(
    entries.map((entry) => {
      const kind = entry.need('ContextKeyType');
      if (kind !== 'string') throw new AwsError('InvalidInput', `The context key type ${kind} is not supported here.`);
      const values = entry.struct('ContextKeyValues')?.list('member') ?? [];
      return [entry.need('ContextKeyName').toLowerCase(), values] as const;
    }),
  );
  query.end();
  const [, account] = PRINCIPAL.exec(arn) ?? [];
  if (account === undefined) throw new AwsError('InvalidInput', `The ARN ${arn} is not valid.`);
  if (actions.length === 0) throw new AwsError('InvalidInput', 'At least one action is needed.');
  const statements = account === caller.account ? principals.get(arn) : undefined;
  if (!statements) throw new AwsError('NoSuchEntity', `The principal ${arn} cannot be found.`, 404);
  const results = actions.flatMap((action) =>
    (resources.length > 0 ? resources : ['*']).map((resource) => {
      const { decision, missing } = simulate(statements, action, resource, context);
      const lacking = node('MissingContextValues', missing.map((key) => leaf('member', key)).join(''));
      // "If you include a list of resources, then any missing context values are instead included under ResourceSpecificResults."
      const particular = leaf('EvalResourceName', resource) + leaf('EvalResourceDecision', decision) + lacking;
      return node(
        'member',
        leaf('EvalActionName', action) +
          leaf('EvalResourceName', resource) +
          leaf('EvalDecision', decision) +
          (resources.length > 0 ? node('ResourceSpecificResults', node('member', particular)) : lacking),
      );
    }),
  );
  if (results.length > most) throw new AwsError('InvalidInput', 'Answers of more than one page are not simulated.');
  return leaf('IsTruncated', false) + node('EvaluationResults', results.join(''));
}

/** When all roles of people were made. */
const CREATED = '2026-01-01T00:00:00Z';

/** ListRoles by path, one on a page. */
function listRoles({ query, caller, principals }: IamCall): string {
  const prefix = query.text('PathPrefix') ?? '/';
  const from = Number(query.text('Marker') ?? 0);
  query.end();
  const start = `arn:aws:iam::${caller.account}:role${prefix}`;
  const arns = [...principals.keys()].filter((arn) => arn.startsWith(start)).sort();
  const [arn] = arns.slice(from);
  const name = arn?.slice(arn.lastIndexOf('/') + 1) ?? '';
  const told = [
    leaf('Path', prefix),
    leaf('RoleName', name),
    leaf(
      'RoleId',
      `AROA${name
        .toUpperCase()
        .replaceAll(/[^A-Z0-9]/g, '')
        .padEnd(17, '0')
        .slice(0, 17)}`,
    ),
    leaf('Arn', arn),
    leaf('CreateDate', CREATED),
  ];
  const role = arn === undefined ? '' : node('member', told.join(''));
  const more = arns.length > from + 1;
  return node('Roles', role) + leaf('IsTruncated', more) + (more ? leaf('Marker', String(from + 1)) : '');
}

/** Identity and Access Management, as far as the simulator knows it. */
export const iamActions: ReadonlyMap<string, (call: IamCall) => string> = new Map([
  ['ListRoles', listRoles],
  ['SimulatePrincipalPolicy', simulatePrincipalPolicy],
]);

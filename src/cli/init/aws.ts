import { randomBytes } from 'node:crypto';
import { ANSWERS } from '../../config/answers.ts';
import { partitionOf } from '../../config/check.ts';
import type { Offered } from './asker.ts';
import { type Around, givenIn, lookedUp, type SettingsPart, type ToDo, type TopicAnswers } from './topic.ts';

const OPERATOR = 'drawbridge-operator';
const ONBOARDER = 'drawbridge-onboarder';
const SERVES: readonly Offered[] = [
  { id: 'accounts', label: 'Some accounts, by their IDs' },
  { id: 'organization', label: 'All accounts of the organization, also those that come later' },
];
const A_PRINCIPAL = /^arn:[a-z-]+:iam::\d{12}:(?:role|user)\/.+$/;

/** Which accounts and regions, and the roles that Drawbridge assumes there. */
export async function awsPart(around: Around, installation: string): Promise<TopicAnswers> {
  const { ask, signal } = around;
  ask.say('Looking for accounts and regions, with the AWS credentials that are at hand …');
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  const home = AWS_REGION || AWS_DEFAULT_REGION || 'us-east-1';
  const { endpoint } = givenIn(around, 'aws');
  const survey = await around.surveys.aws({ region: home, ...(typeof endpoint === 'string' ? { endpoint } : {}) });
  const found = await lookedUp(around, {
    what: 'which accounts and regions there are',
    remedy: 'Sign in (`aws sso login`, or AWS_PROFILE), and begin again.',
    read: async () => ({ caller: await survey.caller(signal), all: await survey.regions(signal) }),
  });
  const serve = await ask.one({
    key: 'aws.serve',
    ask: 'Which AWS accounts have the machines?',
    choices: SERVES,
    standard: 'accounts',
  });
  const ids = serve === 'accounts' ? await accountsOf(around, survey, found?.caller.account) : [];
  const regions = await ask.some({
    key: 'aws.regions',
    ask: 'Which regions?',
    choices: (found?.all ?? []).map((id) => ({ id, label: id })),
    byHand: ANSWERS.region,
  });
  const principal = await ask.text({
    key: 'aws.principal',
    ask: 'ARN of the role or user that Drawbridge itself runs as?',
    where: '`aws sts get-caller-identity` says it where Drawbridge will run',
    wrong: (text) => principalFault(text, regions),
    ...(found ? { standard: roleArn(found.caller.arn) } : {}),
  });
  const externalId = await externalIdOf(around);
  const [, partition = 'aws'] = principal.split(':');
  return {
    settings: { aws: settingsOf({ ids, regions, externalId, partition }) },
    left: leftInAws({ ids, principal, externalId, installation, region: regions[0] ?? home }),
  };
}

/** No role can be assumed from another partition. */
function principalFault(text: string, regions: readonly string[]): string | undefined {
  const [first = 'us-east-1'] = regions;
  const partition = partitionOf(first);
  if (!A_PRINCIPAL.test(text)) return `must be an ARN such as arn:${partition}:iam::111122223333:role/drawbridge`;
  const other = regions.find((region) => partitionOf(region) !== text.split(':')[1]);
  return other === undefined ? undefined : `must be in the partition of ${other}: arn:${partitionOf(other)}:iam::…`;
}

async function accountsOf(
  around: Around,
  survey: Awaited<ReturnType<Around['surveys']['aws']>>,
  own: string | undefined,
): Promise<readonly string[]> {
  const { ask, signal } = around;
  const remedy = 'Only the management account, and delegated administrators, may list them.';
  const listed =
    own === undefined
      ? []
      : ((await lookedUp(around, {
          what: 'which other accounts your organization has',
          remedy,
          read: () => survey.accounts(signal),
        })) ?? []);
  const isListed = listed.some(({ id }) => id === own);
  return ask.some({
    key: 'aws.accounts',
    ask: 'Which accounts?',
    where: 'AWS console, the menu under your name, Account ID',
    choices: [
      ...(own === undefined || isListed ? [] : [{ id: own, label: 'the one that is signed in' }]),
      ...listed.map(({ id, name }) => ({ id, label: name })),
    ],
    byHand: ANSWERS.account,
  });
}

/** A session of a role is nobody to be trusted: its role is (IAM user guide, "IAM identifiers"). */
function roleArn(arn: string): string {
  return arn.replace(/^(arn:[a-z-]+):sts::(\d{12}):assumed-role\/([^/]+)\/.*$/, '$1:iam::$2:role/$3');
}

/** NB. Whoever knows it, and is the principal, may assume the roles: it keeps others who may use the same service out. */
async function externalIdOf({ ask, keep }: Around): Promise<string> {
  const isNew = await ask.yes({
    key: 'aws.newExternalId',
    ask: 'Make a random external ID for the roles? It is kept in a file beside drawbridge.yaml.',
    standard: true,
  });
  if (isNew) return keep('aws-external-id', { value: randomBytes(24).toString('base64url') });
  const answer = await ask.secret({
    key: 'aws.externalId',
    ask: 'External ID that the roles require?',
    standard: 'env:AWS_EXTERNAL_ID',
  });
  return keep('aws-external-id', answer);
}

interface Chosen {
  readonly ids: readonly string[];
  readonly regions: readonly string[];
  readonly externalId: string;
  readonly partition: string;
}

function settingsOf({ ids, regions, externalId, partition }: Chosen): SettingsPart {
  if (ids.length === 0)
    return {
      organization: {
        ...{ regions, role: OPERATOR, onboarder: ONBOARDER, externalId },
        ...(partition === 'aws' ? {} : { partition }),
      },
    };
  const role = (id: string, name: string) => ({ arn: `arn:${partition}:iam::${id}:role/${name}`, externalId });
  return { accounts: ids.map((id) => ({ id, regions, role: role(id, OPERATOR), onboarder: role(id, ONBOARDER) })) };
}

export const AWS_ROLES_FILE = 'drawbridge-aws-roles.yaml';

interface LeftInAws {
  readonly ids: readonly string[];
  readonly principal: string;
  /** A reference. */
  readonly externalId: string;
  readonly installation: string;
  /** One is enough, as IAM has none. */
  readonly region: string;
}

function leftInAws({ ids, principal, externalId, installation, region }: LeftInAws): readonly ToDo[] {
  const value = externalId.startsWith('file:')
    ? `"$(cat ${externalId.slice('file:'.length)})"`
    : `"$${externalId.slice('env:'.length)}"`;
  const parameters = { Principal: principal, ExternalId: value, Installation: installation };
  const assume: ToDo = {
    text: `AWS: let ${principal} assume these roles (docs/aws.md, step 1, has its policy).`,
  };
  if (ids.length === 0) return [...asStackSet(parameters, region), assume];
  const given = Object.entries(parameters).map(([name, one]) => `${name}=${one}`);
  return [
    {
      text: `AWS: make the roles in ${ids.length === 1 ? ids[0] : `each of ${ids.join(', ')}, signed in to that account`}.`,
      command: `aws cloudformation deploy --template-file ${AWS_ROLES_FILE} --stack-name drawbridge --capabilities CAPABILITY_NAMED_IAM --parameter-overrides ${given.join(' ')}`,
    },
    assume,
  ];
}

/** In every account, also in those that come later. What leaves keeps its roles: without them nothing could be closed there. */
function asStackSet(parameters: Readonly<Record<string, string>>, region: string): readonly ToDo[] {
  const given = Object.entries(parameters).map(([name, one]) => `ParameterKey=${name},ParameterValue=${one}`);
  return [
    {
      text: 'AWS: make a StackSet of the roles, signed in to the management account (docs/aws.md, step 3).',
      command: `aws cloudformation create-stack-set --stack-set-name drawbridge --template-body file://${AWS_ROLES_FILE} --permission-model SERVICE_MANAGED --auto-deployment Enabled=true,RetainStacksOnAccountRemoval=true --capabilities CAPABILITY_NAMED_IAM --parameters ${given.join(' ')}`,
    },
    {
      text: 'AWS: deploy it to the accounts of an organizational unit, or of its root.',
      command: `aws cloudformation create-stack-instances --stack-set-name drawbridge --regions ${region} --deployment-targets OrganizationalUnitIds=…`,
    },
    {
      text: 'AWS: the list of accounts is read as what Drawbridge runs as. Where that is in neither the management account nor a delegated administrator, set `aws.organization.lister` (docs/aws.md, step 4).',
    },
  ];
}

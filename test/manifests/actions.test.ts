import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, read } from './files.ts';

const require = createRequire(import.meta.url);

/** Whose commands are the actions of a service. */
const CLIENTS: Readonly<Record<string, string>> = {
  cloudtrail: 'client-cloudtrail',
  ec2: 'client-ec2',
  iam: 'client-iam',
  identitystore: 'client-identitystore',
  logs: 'client-cloudwatch-logs',
  organizations: 'client-organizations',
  s3: 'client-s3',
  secretsmanager: 'client-secrets-manager',
  servicequotas: 'client-service-quotas',
  sqs: 'client-sqs',
  ssm: 'client-ssm',
  sso: 'client-sso-admin',
  sts: 'client-sts',
};

/** Actions that are asked for beside a call of another name ("Service Authorization Reference", each service's page). */
const NO_CALLS_IN_AWS = [
  ...['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite', 'kms:Decrypt'],
  ...['s3:GetBucketObjectLockConfiguration', 's3:ListBucket'],
  ...['sts:SetSourceIdentity', 'sts:TagSession'],
];

/** Of statements alone: what stands in quotes with a colon before is the key of a condition. */
const ACTION = /(?<!['"])\b([a-z0-9]+):([A-Z][A-Za-z]+)\b(?!['"]\s*:)/g;

function actionsIn(text: string): readonly string[] {
  return [...text.matchAll(/^.*\bActions?\b.*$(?:\n^\s+- .*$|\n^\s+#.*$)*/gm)].flatMap(([statement]) =>
    [...statement.replaceAll(/#.*/g, '').replaceAll(/['"]/g, '').matchAll(ACTION)].map(([one]) => one),
  );
}

async function isCall(action: string): Promise<boolean> {
  const [service = '', name = ''] = action.split(':');
  const client = CLIENTS[service];
  return client !== undefined && `${name}Command` in (await import(`@aws-sdk/${client}`));
}

async function unknown(actions: readonly string[]): Promise<readonly string[]> {
  const told = await Promise.all(actions.map(async (one) => ((await isCall(one)) ? [] : [one])));
  return [...new Set(told.flat())].toSorted();
}

const AWS_FILES = [...readdirSync(join(ROOT, 'manifests/aws')).filter((name) => /\.(?:yaml|tf)$/.test(name))].map(
  (name) => `manifests/aws/${name}`,
);

describe('the actions of IAM in', () => {
  it.each([...AWS_FILES, 'docs/aws.md'])('%s are calls that AWS’s own clients have', async (file) => {
    const actions = actionsIn(read(file));
    expect((await unknown(actions)).filter((one) => !NO_CALLS_IN_AWS.includes(one))).toEqual([]);
  });

  it('all files are found, and a misspelt one is told', async () => {
    const all = AWS_FILES.flatMap((file) => actionsIn(read(file)));
    expect(new Set(all).size).toBeGreaterThan(40);
    expect(NO_CALLS_IN_AWS.filter((one) => !all.includes(one))).toEqual([]);
    expect(await unknown(['ec2:DescribeInstances', 'ec2:DescribeInstance', 'ec3:DescribeInstances'])).toEqual([
      'ec2:DescribeInstance',
      'ec3:DescribeInstances',
    ]);
  });
});

/** Packages that name the paths of Azure's providers. */
const ARM = ['arm-authorization', 'arm-compute', 'arm-monitor', 'arm-network', 'arm-security'];

/** Where a right is no path of these packages ("Azure permissions", each provider's page). */
const NO_PATHS_IN_AZURE = [
  'Microsoft.Authorization/locks/read',
  'Microsoft.Insights/eventtypes/values/read',
  'Microsoft.KeyVault/vaults/secrets/getSecret/action',
  'Microsoft.Network/locations/operationResults/read',
  'Microsoft.Network/locations/operations/read',
  'Microsoft.Network/publicIPAddresses/join/action',
  'Microsoft.Network/virtualNetworks/subnets/join/action',
  'Microsoft.Resources/subscriptions/read',
  // Its path has a parameter in the place of `initiate`.
  'Microsoft.Security/locations/jitNetworkAccessPolicies/initiate/action',
  'Microsoft.Security/policies/read',
];

/** `microsoft.network/networksecuritygroups/securityrules`, of all paths that the packages call. */
function typesIn(folder: string): readonly string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
  return files.flatMap((name) =>
    [...readFileSync(join(folder, name), 'utf8').matchAll(/\/providers\/(Microsoft\.[A-Za-z]+\/[^"'`\s]+)/g)].map(
      ([, path = '']) => typeOf(path),
    ),
  );
}

function typeOf(path: string): string {
  const [last = ''] = path.split('/providers/').slice(-1);
  return last
    .replace(/\{\?.*$/, '')
    .split('/')
    .filter((part) => part !== '' && !part.startsWith('{'))
    .join('/')
    .toLowerCase();
}

const TYPES = new Set(
  ARM.flatMap((name) => {
    const folder = join(dirname(require.resolve(`@azure/${name}/package.json`)), 'dist');
    // The newer ones hold the same for browsers and for `require`.
    return typesIn(existsSync(join(folder, 'esm')) ? join(folder, 'esm') : folder);
  }),
);

/** The type that a right is about; an action has a path of its own below it. */
function isPath(right: string): boolean {
  return TYPES.has(right.replace(/\/(?:read|write|delete|action)$/, '').toLowerCase());
}

const rightsIn = (text: string) => [...text.matchAll(/'(Microsoft\.[A-Za-z]+\/[\w/]+)'\n/g)].map(([, one = '']) => one);

describe('the rights of Azure in roles.bicep', () => {
  const rights = rightsIn(read('manifests/azure/roles.bicep'));

  it('are about what Azure’s own clients call', () => {
    expect([...new Set(rights)].filter((one) => !isPath(one)).toSorted()).toEqual(NO_PATHS_IN_AZURE);
    expect(new Set(rights).size).toBeGreaterThan(40);
  });

  it('and a misspelt one is told', () => {
    expect(isPath('Microsoft.Network/networkSecurityGroups/securityRules/write')).toBe(true);
    expect(isPath('Microsoft.Network/networkSecurityGroups/securityRule/write')).toBe(false);
    expect(isPath('Microsoft.Security/locations/jitNetworkAccessPolicies/initiat/action')).toBe(false);
  });
});

/**
 * Commands of the clouds' own tools that the guides name, with the options that they have. They cannot run here: this is what the
 * vendors' references say of them. Only what a guide uses is listed; an option that is not here is looked up before it is added.
 *
 * - az: learn.microsoft.com/cli/azure/reference-index, each command's page
 * - aws: docs.aws.amazon.com/cli/latest/reference, each command's page
 * - gcloud: cloud.google.com/sdk/gcloud/reference, each command's page
 * - kubectl: kubernetes.io/docs/reference/kubectl/generated
 * - docker: docs.docker.com/reference/cli/docker
 */
const AZ: Readonly<Record<string, string>> = {
  'ad app create': 'display-name sign-in-audience identifier-uris',
  'ad app credential reset': 'id years append cert',
  'ad app permission add': 'id api api-permissions',
  'ad app permission admin-consent': 'id',
  'ad sp create': 'id',
  'aks show': 'resource-group name',
  'aks update': 'resource-group name enable-oidc-issuer enable-workload-identity',
  'bicep build': 'file',
  'cloud set': 'name',
  'deployment group create': 'resource-group template-file parameters',
  'deployment sub create': 'subscription location template-file parameters name',
  'identity create': 'resource-group name location',
  'identity federated-credential create': 'resource-group identity-name name issuer subject audience audiences',
  'role assignment create': 'assignee assignee-object-id assignee-principal-type role scope',
  'role definition create': 'role-definition',
  'security pricing create': 'name tier subplan',
  'security pricing show': 'name',
  'vm identity assign': 'resource-group name identities role scope',
};

const AWS: Readonly<Record<string, string>> = {
  'cloudformation create-stack-instances': 'stack-set-name accounts deployment-targets regions call-as',
  'cloudformation create-stack-set':
    'stack-set-name template-body permission-model auto-deployment capabilities parameters call-as',
  'cloudformation deploy': 'template-file stack-name capabilities parameter-overrides',
  'cloudformation update-stack-set': 'stack-set-name template-body capabilities parameters call-as',
  'ec2 associate-iam-instance-profile': 'instance-id iam-instance-profile',
  'ec2 modify-instance-metadata-options': 'instance-id http-tokens http-put-response-hop-limit',
  'eks create-addon': 'cluster-name addon-name',
  'eks create-pod-identity-association': 'cluster-name namespace service-account role-arn disable-session-tags',
  'eks describe-cluster': 'name',
  'iam add-role-to-instance-profile': 'instance-profile-name role-name',
  'iam create-instance-profile': 'instance-profile-name',
  'iam create-open-id-connect-provider': 'url client-id-list',
  'iam create-role': 'role-name assume-role-policy-document',
  'iam put-role-policy': 'role-name policy-name policy-document',
  'sso login': '',
  'sts get-caller-identity': '',
};

const GCLOUD: Readonly<Record<string, string>> = {
  'compute instances network-interfaces get-effective-firewalls': 'zone',
  'compute instances set-service-account': 'zone service-account scopes',
  'iam roles create': 'project organization file',
  'iam service-accounts add-iam-policy-binding': 'role member',
  'iam service-accounts create': 'display-name',
  'iam workload-identity-pools create': 'location',
  'iam workload-identity-pools create-cred-config':
    'service-account aws enable-imdsv2 azure app-id-uri credential-source-file output-file',
  'iam workload-identity-pools providers create-aws': 'location workload-identity-pool account-id',
  'iam workload-identity-pools providers create-oidc':
    'location workload-identity-pool issuer-uri allowed-audiences attribute-mapping',
  'projects add-iam-policy-binding': 'role member condition',
  'services enable': '',
};

const KUBECTL: Readonly<Record<string, string>> = {
  annotate: 'namespace',
  apply: 'kustomize',
  'create namespace': '',
  'create secret generic': 'namespace from-env-file',
  'rollout status': 'namespace timeout',
  'rollout undo': 'namespace',
};

const DOCKER: Readonly<Record<string, string>> = { 'compose up': 'build detach' };

interface Tool {
  readonly commands: Readonly<Record<string, string>>;
  /** Options that every command of it has. */
  readonly everywhere: readonly string[];
}

export const VENDOR_TOOLS: Readonly<Record<string, Tool>> = {
  az: { commands: AZ, everywhere: ['subscription', 'query', 'output'] },
  aws: { commands: AWS, everywhere: ['region', 'profile', 'query', 'output'] },
  gcloud: { commands: GCLOUD, everywhere: ['project', 'format'] },
  kubectl: { commands: KUBECTL, everywhere: ['namespace'] },
  docker: { commands: DOCKER, everywhere: [] },
};

/** What is wrong with the words behind a vendor's tool; nothing where all is known. */
export function vendorFault(tool: string, words: readonly string[]): string | undefined {
  const { commands, everywhere } = VENDOR_TOOLS[tool] ?? { commands: {}, everywhere: [] };
  const known = Object.keys(commands)
    .filter((path) => path.split(' ').every((word, i) => words[i] === word))
    .sort((a, b) => b.length - a.length)[0];
  if (known === undefined) return `${tool} ${words.join(' ')}: no such command in the table`;
  const options = [...(commands[known]?.split(' ') ?? []), ...everywhere];
  const given = words.flatMap((word) => /^--?([a-z][a-z0-9-]*)/.exec(word)?.[1] ?? []);
  const wrong = given.filter((option) => !options.includes(option));
  return wrong.length === 0 ? undefined : `${tool} ${known}: no --${wrong.join(', --')} in the table`;
}

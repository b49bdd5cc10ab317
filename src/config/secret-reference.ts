/** Where a secret is: `vault` is its origin, `id` the ARN, `field` a key of JSON that the secret holds. */
export type SecretReference =
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'keyVault'; readonly vault: string; readonly name: string; readonly version?: string }
  | { readonly kind: 'secretsManager'; readonly id: string; readonly region: string; readonly field?: string };

/** Those that are in a store, and take a call. */
export type StoredReference = Extract<SecretReference, { readonly kind: 'keyVault' | 'secretsManager' }>;

/** Hosts of vaults ("About keys, secrets, and certificates", national clouds), and loopback; names and versions ("Objects, identifiers, and versioning"). */
const VAULT =
  'https://(?:[a-z][a-z0-9-]{1,22}[a-z0-9]\\.vault\\.(?:azure\\.net|usgovcloudapi\\.net|azure\\.cn)|(?:127\\.0\\.0\\.1|localhost):\\d{1,5})';
const IN_VAULT = `keyVault:(${VAULT})/secrets/([0-9a-zA-Z-]{1,127})(?:/([0-9a-f]{32}))?`;
/** "Identify secrets" of AWS: the name, and the six characters that are added to it. */
const SECRET_ARN =
  'arn:aws(?:-us-gov|-cn)?:secretsmanager:([a-z]{2}(?:-[a-z]+)+-\\d):\\d{12}:secret:[a-zA-Z0-9/_+=.@-]{1,512}-[a-zA-Z0-9]{6}';
const IN_SECRETS_MANAGER = `secretsManager:(${SECRET_ARN})(?:#([a-zA-Z0-9_.-]{1,100}))?`;
const IN_ENVIRONMENT = 'env:([A-Z][A-Z0-9_]*)';
const IN_FILE = 'file:(.+)';

/** How a reference is written, by where it leads. */
const FORMS: Readonly<Record<SecretReference['kind'], RegExp>> = {
  env: new RegExp(`^${IN_ENVIRONMENT}$`),
  file: new RegExp(`^${IN_FILE}$`),
  keyVault: new RegExp(`^${IN_VAULT}$`),
  secretsManager: new RegExp(`^${IN_SECRETS_MANAGER}$`),
};

/** A reference that leads to one of these. */
export function formOf(...kinds: readonly SecretReference['kind'][]): RegExp {
  return new RegExp(kinds.map((kind) => FORMS[kind].source).join('|'));
}

/** Reads `env:NAME`, `file:/path`, `keyVault:https://<vault>/secrets/<name>[/<version>]`, `secretsManager:<ARN>[#<key>]`; undefined for anything else. */
export function readReference(text: string): SecretReference | undefined {
  const [, name] = FORMS.env.exec(text) ?? [];
  if (name !== undefined) return { kind: 'env', name };
  const [, path] = FORMS.file.exec(text) ?? [];
  if (path !== undefined) return { kind: 'file', path };
  const [, vault, secret = '', version] = FORMS.keyVault.exec(text) ?? [];
  if (vault !== undefined)
    return { kind: 'keyVault', vault, name: secret, ...(version === undefined ? {} : { version }) };
  const [, id, region = '', field] = FORMS.secretsManager.exec(text) ?? [];
  if (id === undefined) return undefined;
  return { kind: 'secretsManager', id, region, ...(field === undefined ? {} : { field }) };
}

/** Is it in a store, so that a call has to fetch it? */
export function isStored(reference: SecretReference | undefined): reference is StoredReference {
  return reference?.kind === 'keyVault' || reference?.kind === 'secretsManager';
}

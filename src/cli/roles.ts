import { readFileSync } from 'node:fs';
import type { CloudName } from '../core/machine/machine.ts';
import { complain, sayText } from './output.ts';

/** Whom a role is for: people, or Drawbridge itself. */
export const ROLE_BEARERS = ['requester', 'approver', 'protector', 'security', 'auditor', 'program'] as const;
export type RoleBearer = (typeof ROLE_BEARERS)[number];

/** The roles of manifests/azure/roles.json by the keys of their names; whoever is not listed needs none. */
export const AZURE_ROLES: Readonly<Partial<Record<RoleBearer, readonly string[]>>> = {
  requester: ['requester'],
  protector: ['configurer'],
  security: ['reader'],
  auditor: ['reader'],
  program: [
    'operatorDefender',
    'onboarderDefender',
    'operatorRules',
    'operatorFirewall',
    'bastionReader',
    'operatorRoles',
    'operatorUnits',
    'operatorLog',
    'operatorSecrets',
  ],
};

/** Where the roles of Drawbridge itself are, by cloud. */
const MANIFESTS: Readonly<Record<CloudName, string>> = {
  azure: 'azure/roles.json',
  aws: 'aws/roles.yaml',
  gcp: 'gcp/role.yaml',
};

/** What is to be known beside a role, or in place of one. */
const NOTES: Readonly<Record<CloudName, Readonly<Partial<Record<RoleBearer, string>>>>> = {
  azure: {
    requester: 'Requesters need this role only with `azure.entitlement: rbac`.',
    protector: 'Through Drawbridge, protectors need no role in Azure; this one is for the portal and PowerShell.',
    security: 'Through Drawbridge, `security` needs no role in Azure; this one only shows, in the portal.',
    auditor: 'The audit of Drawbridge needs no role in Azure; this one only shows, in the portal.',
  },
  aws: { requester: 'Requesters need nothing in AWS; with `aws.entitlement`, the one action that it names.' },
  gcp: {},
};

/** A text to give to the cloud, where there is a role, and what to know. */
export interface PrintedRoles {
  readonly text?: string;
  readonly note?: string;
}

/** The least-privileged roles of a cloud, from the manifests: of somebody, or all of them. */
export function rolesFor(cloud: CloudName, bearer?: RoleBearer): PrintedRoles {
  const all = readFileSync(new URL(`../../manifests/${MANIFESTS[cloud]}`, import.meta.url), 'utf8');
  if (bearer === undefined) return { text: all };
  const note = NOTES[cloud][bearer];
  const said = note === undefined ? {} : { note };
  const keys = AZURE_ROLES[bearer];
  if (cloud === 'azure' && keys) return { text: azureRoles(all, keys), ...said };
  if (bearer === 'program') return { text: all, ...said };
  return {
    note: note ?? `${NAMES[bearer]} no role there: Drawbridge calls the cloud, and decides itself who may do what.`,
  };
}

const NAMES: Readonly<Record<RoleBearer, string>> = {
  requester: 'Requesters need',
  approver: 'Approvers need',
  protector: 'Protectors need',
  security: '`security` needs',
  auditor: 'Auditors need',
  program: 'Drawbridge needs',
};

interface Template {
  readonly resources: readonly { readonly name: string }[];
}

/** The same deployment template with these roles alone. */
function azureRoles(text: string, keys: readonly string[]): string {
  const template = JSON.parse(text) as Template;
  const resources = template.resources.filter(({ name }) => keys.some((key) => name.endsWith(`'${key}')]`)));
  return `${JSON.stringify({ ...template, resources }, null, 2)}\n`;
}

/** `jit roles`: the text alone goes to the output, to be kept in a file. */
export function rolesVerb(cloud: CloudName, bearer?: RoleBearer): void {
  const { text, note } = rolesFor(cloud, bearer);
  if (note !== undefined) complain(note);
  if (text !== undefined) sayText(text.trimEnd());
}

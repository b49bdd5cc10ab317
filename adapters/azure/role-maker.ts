import { createHash } from 'node:crypto';
import { z } from 'zod';
import { JitError } from '../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../src/core/language/instant.ts';
import { callWithin } from '../../src/kit/time-limit.ts';
import type { RoleDefinition, RoleMaker } from '../../src/ports/role-maker.ts';
import { asJitError, CLOUD } from './errors.ts';
import { type AzureAccess, armCalls } from './survey.ts';

const LIMIT_MS = 30 * SECOND_MS;
/** "Role Definitions" of the Azure Authorization REST API. */
const VERSION = '2022-04-01';

const texts = z.array(z.string()).nullish();
const found = z.object({
  id: z.string(),
  properties: z.object({
    roleName: z.string(),
    type: z.literal('CustomRole'),
    description: z.string().nullish(),
    assignableScopes: z.array(z.string()),
    permissions: z.array(
      z.object({ actions: texts, notActions: texts, dataActions: texts, notDataActions: texts }).partial(),
    ),
  }),
});

/** "Role Definitions - List" and "- Create Or Update", as whoever is signed in here. */
export function azureRoleMaker(access: AzureAccess): RoleMaker {
  const call = <T>(signal: AbortSignal, work: (abortSignal: AbortSignal) => Promise<T>) =>
    callWithin({ signal, limitMs: LIMIT_MS, asError }, work);
  return {
    find: (subscription, signal) =>
      call(signal, async (abortSignal) => {
        const at = { path: pathIn(subscription), version: VERSION };
        const all = await (await armCalls(access)).list(at, { abortSignal });
        return all.flatMap((one) => {
          const read = found.safeParse(one);
          return read.success ? [roleOf(read.data)] : [];
        });
      }),
    put: (subscription, role, signal) =>
      call(signal, async (abortSignal) => {
        const name = role.id?.split('/').at(-1) ?? idFor(subscription, role.name);
        const at = { path: `${pathIn(subscription)}/${name}`, version: VERSION };
        await (await armCalls(access)).put(at, bodyOf(role), { abortSignal });
      }),
  };
}

/** What the default chain of @azure/identity throws where none of its ways has anybody. */
function asError(error: unknown): unknown {
  const { name } = error as Error;
  return name === 'AggregateAuthenticationError' || name === 'CredentialUnavailableError'
    ? new JitError('noCloudSignIn', { cloud: CLOUD, how: 'az login' }, { cause: error })
    : asJitError(error);
}

function pathIn(subscription: string): string {
  return `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions`;
}

/** What takes something away again is another role: it is told by an action that no manifest has, and is written anew. */
function roleOf({ id, properties }: z.output<typeof found>): RoleDefinition {
  const { roleName, description, assignableScopes, permissions } = properties;
  const minus = permissions.flatMap((one) => [...(one.notActions ?? []), ...(one.notDataActions ?? [])]);
  return {
    id,
    name: roleName,
    description: description ?? '',
    actions: [...permissions.flatMap((one) => one.actions ?? []), ...minus.map((action) => `not ${action}`)],
    dataActions: permissions.flatMap((one) => one.dataActions ?? []),
    scopes: assignableScopes,
  };
}

function bodyOf({ name, description, actions, dataActions, scopes }: RoleDefinition): object {
  const permissions = [{ actions, notActions: [], dataActions, notDataActions: [] }];
  return { properties: { roleName: name, description, type: 'CustomRole', permissions, assignableScopes: scopes } };
}

/** The same for the same role, so that two who make it at once make one. */
function idFor(subscription: string, name: string): string {
  const hex = createHash('sha256').update(`drawbridge\n${subscription.toLowerCase()}\n${name}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

import type { Config } from './schema.ts';
import { secretOf } from './secrets.ts';

/** The organization as the adapter takes it, with its secret. */
export function organizationOf(settings: NonNullable<NonNullable<Config['aws']>['organization']>) {
  const { externalId, lister, ...rest } = settings;
  return {
    ...rest,
    ...(externalId ? { externalId: secretOf(externalId) } : {}),
    ...(lister ? { lister: roleOf(lister) } : {}),
  };
}

/** A role as the adapter takes it, with its secret. */
export function roleOf({ arn, externalId }: NonNullable<NonNullable<Config['aws']>['accounts'][number]['role']>) {
  return { arn, ...(externalId ? { externalId: secretOf(externalId) } : {}) };
}

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

/** All that the adapter is told, with the secrets. */
export function awsSettings({
  identityCenter,
  entitlement,
  drift,
  cutSessions,
  endpoint,
  ...aws
}: NonNullable<Config['aws']>) {
  const { accessKeyId, secretAccessKey, organization, units, strategy, paced, trace, flowLogs, foreignInterfaces } =
    aws;
  const keys =
    accessKeyId && secretAccessKey
      ? { credentials: { accessKeyId: secretOf(accessKeyId), secretAccessKey: secretOf(secretAccessKey) } }
      : {};
  return {
    accounts: aws.accounts.map(({ role, onboarder, ...account }) => ({
      ...account,
      ...(role ? { role: roleOf(role) } : {}),
      ...(onboarder ? { onboarder: roleOf(onboarder) } : {}),
    })),
    ...(organization ? { organization: organizationOf(organization) } : {}),
    strategy,
    paced,
    trace,
    foreignInterfaces,
    ...(units ? { units: units.role ? { role: roleOf(units.role) } : {} } : {}),
    ...(entitlement ? { entitlement } : {}),
    ...(identityCenter ? { identityCenter } : {}),
    ...(drift ? { drift: drift.queue } : {}),
    ...(cutSessions ? { cutSessions: cutSessions.document } : {}),
    ...(flowLogs ? { flowLogs } : {}),
    ...(endpoint ? { endpoint } : {}),
    ...keys,
  };
}

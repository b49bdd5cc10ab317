import type { Entry } from './entry.ts';

/** What keeps somebody from asking whom a cloud itself does not let, or of whom it cannot tell. */
export const ENTITLEMENT_ERRORS = {
  notEntitled: {
    kind: 'denied',
    say: 'The Azure roles of {name} do not allow requesting {machine}: {action} is missing.',
    hint: 'Ask the owner of the subscription for the role “Drawbridge requester”.',
  },
  eligibleOnly: {
    kind: 'denied',
    say: 'The Azure role of {name} for {machine} is eligible but not active.',
    hint: 'Activate it in Privileged Identity Management, then try again.',
  },
  conditionalRole: {
    kind: 'denied',
    say: 'The Azure role of {name} for {machine} has a condition, which Drawbridge cannot evaluate.',
    hint: 'Ask the owner of the subscription for a role without a condition.',
  },
  deniedByAzure: {
    kind: 'denied',
    say: 'The Azure deny assignment “{by}” prevents {name} from requesting {machine}.',
    hint: 'Ask the owner of the subscription.',
  },
  notEntitledInAws: {
    kind: 'denied',
    say: 'The AWS policies of {name} do not allow requesting {machine}: {action} is missing or denied.',
    hint: 'Ask the owner of the account.',
  },
  noAwsPrincipal: {
    kind: 'unjudged',
    say: 'Cannot tell what {name} may do in AWS: drawbridge.yaml has no AWS role or user for this person.',
    hint: 'Ask your Drawbridge administrator to add one under `people`, as `aws`.',
  },
  noEntraId: {
    kind: 'unjudged',
    say: 'Cannot tell what {name} may do in Azure: drawbridge.yaml has no Entra ID for this person.',
    hint: 'Ask your Drawbridge administrator to add it under `people`, as `entra`.',
  },
  entitlementUnknown: {
    kind: 'unjudged',
    say: 'The {cloud} roles of {name} for {machine} could not be read, so access is refused.',
    hint: 'Try again. If it keeps failing, the log says what could not be read.',
  },
  entitlementUnclear: {
    kind: 'unjudged',
    say: 'Nobody can tell whether {name} may do {action} on {machine} in AWS: a policy looks at {keys}, which only their own call has.',
    hint: 'Ask the owner of the account for a policy that allows it without that condition.',
  },
} as const satisfies Readonly<Record<string, Entry>>;

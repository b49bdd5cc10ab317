import { type ContextEntry, IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { JitError } from '../../../src/core/errors/errors.ts';
import { tidy } from '../../../src/core/language/text.ts';
import type { Machine } from '../../../src/core/machine/machine.ts';
import type { Person } from '../../../src/core/people/person.ts';
import { within } from '../../../src/kit/time-limit.ts';
import type { Entitlement } from '../../../src/ports/entitlement.ts';
import type { Aws } from '../ec2/context.ts';
import { type InstanceRef, instanceRef } from '../ec2/ids.ts';
import { toMachine } from '../ec2/machines.ts';
import { sdkConfig } from '../ec2/sdk-config.ts';
import { watched } from '../ec2/watch.ts';
import { asJitError, CLOUD } from '../errors.ts';
import { type IamOf, identityCenterOf } from './identity-center.ts';

/**
 * Asks IAM whether a person's role or user, or one of the roles that Identity Center gives them in the account, may do one
 * action on the instance, the proxy for asking for access: AWS has no action that means it. Tags are passed along, for IAM does
 * not look them up; resource policies and resource control policies are not in its answer ("SimulatePrincipalPolicy", IAM API
 * reference). Everything is read each time.
 */
export function entitlementOf(aws: Aws, action: string): Entitlement {
  const clients = new Map<string, IAMClient>();
  const iamOf: IamOf = (account) => {
    const configured = aws.sites.organization.account(account);
    const [region] = configured?.regions ?? [];
    if (!configured || region === undefined)
      throw new JitError('cloudRefused', { cloud: CLOUD, code: 'AccountNotConfigured' });
    const make = () => new IAMClient(sdkConfig({ account: configured, region }, aws.settings));
    const known = clients.get(account) ?? watched(make(), account, aws.settings.called);
    clients.set(account, known);
    return known;
  };
  const { identityCenter, callMs } = aws.settings;
  const rolesOf = identityCenter && identityCenterOf(aws, identityCenter, iamOf);

  const principalsOf = async (person: Person, { account }: InstanceRef, signal: AbortSignal) => {
    // `*` stands for the account of the machine: the same role in each.
    if (person.aws) return [person.aws.replace('::*:', `::${account}:`)];
    if (person.identityCenter && rolesOf) return rolesOf(person.identityCenter, account, signal);
    throw new JitError('noAwsPrincipal', { name: person.name });
  };

  return {
    async mayRequest(person, id, signal) {
      const ref = instanceRef(id);
      const site = aws.sites.of(ref);
      const instance = await site.now.instance(ref.instance, signal);
      const machine = instance && toMachine(site, instance);
      if (!machine) throw new JitError('machineGone', { machine: ref.instance });
      const words = { machine: machine.name, name: person.name };
      const unclear = new Set<string>();
      try {
        for (const principal of await principalsOf(person, ref, signal)) {
          const { isAllowed, missing } = await simulated(iamOf, { principal, action, ref, machine }, callMs, signal);
          if (isAllowed && missing.length === 0) return;
          for (const key of missing) unclear.add(key);
        }
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        const known = asJitError(error);
        if (!(known instanceof JitError) || known.kind !== 'refused') throw known;
        throw new JitError('entitlementUnknown', { ...words, cloud: CLOUD }, { cause: known });
      }
      const keys = tidy([...unclear].sort().join(', '), 120);
      if (keys !== '') throw new JitError('entitlementUnclear', { ...words, action: tidy(action, 60), keys });
      throw new JitError('notEntitledInAws', { ...words, action: tidy(action, 60) });
    },
  };
}

interface Question {
  readonly principal: string;
  readonly action: string;
  readonly ref: InstanceRef;
  readonly machine: Machine;
}

/** The names by which policies look at the tags of a machine. A machine that does not have one has none: that is known. */
const TAG_KEYS = ['aws:ResourceTag/', 'ec2:ResourceTag/', 'ssm:resourceTag/'];

/** What a principal may, as far as IAM can tell, and the condition keys that it was not given: a yes or a no may rest on them. */
async function simulated(
  iamOf: IamOf,
  { principal, action, ref, machine }: Question,
  callMs: number,
  signal: AbortSignal,
): Promise<{ readonly isAllowed: boolean; readonly missing: readonly string[] }> {
  const [, partition = 'aws', , , account = ''] = principal.split(':');
  const input = {
    PolicySourceArn: principal,
    ActionNames: [action],
    ResourceArns: [`arn:${partition}:ec2:${ref.region}:${ref.account}:instance/${ref.instance}`],
    ContextEntries: Object.entries(machine.tags).flatMap(([key, value]) =>
      TAG_KEYS.map(
        (prefix): ContextEntry => ({
          ContextKeyName: `${prefix}${key}`,
          ContextKeyType: 'string',
          ContextKeyValues: [value],
        }),
      ),
    ),
  };
  const abortSignal = within(signal, callMs);
  const { EvaluationResults = [] } = await iamOf(account).send(new SimulatePrincipalPolicyCommand(input), {
    abortSignal,
  });
  const [result] = EvaluationResults;
  if (!result) throw new JitError('cloudRefused', { cloud: CLOUD, code: 'NoEvaluationResults' });
  const { EvalDecision, MissingContextValues = [], ResourceSpecificResults = [] } = result;
  // With resources, what is missing is told of each of them ("EvaluationResult", IAM API reference).
  const all = [...MissingContextValues, ...ResourceSpecificResults.flatMap((one) => one.MissingContextValues ?? [])];
  const isTag = (key: string) => TAG_KEYS.some((prefix) => key.toLowerCase().startsWith(prefix.toLowerCase()));
  const isAllowed =
    EvalDecision === 'allowed' &&
    ResourceSpecificResults.every(({ EvalResourceDecision }) => EvalResourceDecision === 'allowed');
  return { isAllowed, missing: all.filter((key) => !isTag(key)) };
}

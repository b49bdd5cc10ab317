import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { JitError } from '../../src/core/errors.ts';
import { tidy } from '../../src/core/text.ts';
import type { Entitlement } from '../../src/ports/entitlement.ts';
import { type AwsSettings, sdkConfig } from './clients.ts';
import type { Aws } from './context.ts';
import { asJitError, CLOUD } from './errors.ts';
import { instanceRef } from './ids.ts';
import { toMachine } from './inventory.ts';

/**
 * Asks IAM whether a person's role or user may do one action on the instance, the proxy for asking for access: AWS has no
 * action that means it. Tags are passed along, for IAM does not look them up; resource policies and resource control policies
 * are not in its answer ("SimulatePrincipalPolicy", IAM API reference).
 */
export function entitlementOf(aws: Aws, settings: AwsSettings, action: string, callMs: number): Entitlement {
  const clients = new Map<string, IAMClient>();
  const clientOf = (account: string, region: string): IAMClient => {
    const configured = aws.sites.organization.account(account);
    if (!configured) throw new JitError('cloudRefused', { cloud: CLOUD, code: 'AccountNotConfigured' });
    const known = clients.get(account) ?? new IAMClient(sdkConfig(configured, region, settings, callMs));
    clients.set(account, known);
    return known;
  };
  return {
    async mayRequest(person, id, signal) {
      if (!person.aws) throw new JitError('noAwsPrincipal', { name: person.name });
      const ref = instanceRef(id);
      const site = aws.sites.of(ref);
      const instance = await site.now.instance(ref.instance, signal);
      const machine = instance && toMachine(site, instance);
      if (!machine) throw new JitError('machineGone', { machine: ref.instance });
      // `*` stands for the account of the machine: the same role in each.
      const principal = person.aws.replace('::*:', `::${ref.account}:`);
      const [, partition = 'aws', , , account = ''] = principal.split(':');
      const input = {
        PolicySourceArn: principal,
        ActionNames: [action],
        ResourceArns: [`arn:${partition}:ec2:${ref.region}:${ref.account}:instance/${ref.instance}`],
        ContextEntries: Object.entries(machine.tags).map(([key, value]) => ({
          ContextKeyName: `aws:ResourceTag/${key}`,
          ContextKeyType: 'string' as const,
          ContextKeyValues: [value],
        })),
      };
      const words = { machine: machine.name, name: person.name };
      try {
        const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(callMs)]);
        const client = clientOf(account, ref.region);
        const { EvaluationResults = [] } = await client.send(new SimulatePrincipalPolicyCommand(input), {
          abortSignal,
        });
        const [result] = EvaluationResults;
        if (result?.EvalDecision === 'allowed') return;
        const isKnown = result?.EvalDecision === 'explicitDeny' || (result?.MissingContextValues ?? []).length === 0;
        if (!result || !isKnown) throw new JitError('entitlementUnknown', { ...words, cloud: CLOUD });
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        const known = asJitError(error);
        if (!(known instanceof JitError) || known.kind !== 'refused') throw known;
        throw new JitError('entitlementUnknown', { ...words, cloud: CLOUD }, { cause: known });
      }
      throw new JitError('notEntitledInAws', { ...words, action: tidy(action, 60) });
    },
  };
}

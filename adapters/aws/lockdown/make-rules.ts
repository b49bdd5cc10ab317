import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { JitError } from '../../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import { allowedUntil } from '../../../src/kit/call.ts';
import { pollUntil } from '../../../src/kit/poll.ts';
import type { Aws } from '../ec2/context.ts';
import { READ_LAG_MS, readRules } from '../ec2/read.ts';
import type { Site } from '../ec2/sites.ts';
import { tagList } from '../ec2/tags.ts';
import { CLOUD, isCode, isNotFound } from '../errors.ts';
import { type Permission, permissionIn, permissionKey, wireOf } from './permission.ts';

/** Readings may be older than what was just written: how often and how long to wait until they show it. */
const TRIES = 16;
const WAIT_MS = SECOND_MS;

export interface GroupEdit {
  readonly aws: Aws;
  readonly site: Site;
  readonly group: string;
  readonly egress: boolean;
  readonly signal: AbortSignal;
  /** It was otherwise when it was last written: a reading that shows nothing to do may be older than that, and is done again. */
  readonly wasOther?: boolean;
}

/**
 * Makes a group have these rules, and none besides them of those that are `isMine`. What is wanted comes before what is not
 * goes, so that nothing is cut in between; somebody else's equal rule counts. Resolves once it can be read.
 */
export async function makeRules(
  edit: GroupEdit,
  wanted: readonly Permission[],
  isMine: (rule: SecurityGroupRule) => boolean,
): Promise<void> {
  const { aws, signal } = edit;
  const keys = new Set(wanted.map(permissionKey));
  await pollUntil({ tries: TRIES, betweenMs: WAIT_MS, signal }, aws, async ({ number, isLast }) => {
    const there = await rulesNow(edit);
    const known = new Set(there.map((rule) => permissionKey(permissionIn(rule))));
    const missing = wanted.filter((one) => !known.has(permissionKey(one)));
    const extra = there.filter((rule) => isMine(rule) && !keys.has(permissionKey(permissionIn(rule))));
    const notYet = { notYet: new JitError('cloudBusy', { cloud: CLOUD }) };
    if (missing.length === 0 && extra.length === 0) {
      if (number > 1 || !edit.wasOther) return { done: undefined };
      await aws.pause(READ_LAG_MS, signal);
      return notYet;
    }
    if (!isLast) await change(edit, missing, extra);
    return notYet;
  });
}

async function change(
  edit: GroupEdit,
  missing: readonly Permission[],
  extra: readonly SecurityGroupRule[],
): Promise<void> {
  const ids = extra.flatMap(({ SecurityGroupRuleId }) => SecurityGroupRuleId ?? []);
  try {
    await authorize(edit, missing);
    await revoke(edit, ids);
  } catch (error) {
    // What was not answered may have been done: the next reading tells.
    if (!(error instanceof JitError) || error.kind !== 'busy') throw error;
  }
}

export async function rulesNow({ site, group, egress, signal }: GroupEdit): Promise<readonly SecurityGroupRule[]> {
  return Array.fromAsync(readRules(site, [{ Name: 'group-id', Values: [group] }], signal, egress));
}

/** One call for all with the same tags; where one of them is there already, EC2 takes none of it, and each goes alone. */
async function authorize(edit: GroupEdit, rules: readonly Permission[]): Promise<void> {
  const alike = Map.groupBy(rules, ({ tags }) => JSON.stringify(tags));
  for (const those of alike.values()) {
    try {
      await authorizeAll(edit, those);
    } catch (error) {
      if (!isCode(error, 'InvalidPermission.Duplicate')) throw error;
      if (those.length > 1) for (const one of those) await authorize(edit, [one]);
    }
  }
}

async function authorizeAll({ site, group, egress, signal }: GroupEdit, rules: readonly Permission[]): Promise<void> {
  // Keys that begin with `aws:` are AWS's own.
  const tags = Object.fromEntries(Object.entries(rules[0]?.tags ?? {}).filter(([key]) => !key.startsWith('aws:')));
  const input = {
    GroupId: group,
    IpPermissions: rules.map(wireOf),
    ...(Object.keys(tags).length > 0
      ? { TagSpecifications: [{ ResourceType: 'security-group-rule' as const, Tags: tagList(tags) }] }
      : {}),
  };
  const allowed = allowedUntil(signal);
  if (egress)
    await site.change(input, allowed, (ec2, options) =>
      ec2.send(new AuthorizeSecurityGroupEgressCommand(input), options),
    );
  else
    await site.change(input, allowed, (ec2, options) =>
      ec2.send(new AuthorizeSecurityGroupIngressCommand(input), options),
    );
}

/** One call for all; where one of them is gone already, EC2 takes none away, and each goes alone. */
async function revoke(edit: GroupEdit, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const { site, group, egress, signal } = edit;
  const input = { GroupId: group, SecurityGroupRuleIds: [...ids] };
  const allowed = allowedUntil(signal);
  try {
    if (egress)
      await site.change(input, allowed, (ec2, options) =>
        ec2.send(new RevokeSecurityGroupEgressCommand(input), options),
      );
    else
      await site.change(input, allowed, (ec2, options) =>
        ec2.send(new RevokeSecurityGroupIngressCommand(input), options),
      );
  } catch (error) {
    if (!isNotFound(error)) throw error;
    if (ids.length > 1) for (const id of ids) await revoke(edit, [id]);
  }
}

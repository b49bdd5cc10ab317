import { describe, expect, it } from 'vitest';
import { codeOf, startAws, tcp } from './aws-clients.ts';

describe('the AWS simulator, one lease', () => {
  it('makes a group, attaches it, opens, tags, closes, detaches and deletes', async () => {
    const { ec2, simulator, vpcId, eni, group } = await startAws();
    let changes = 0;
    simulator.onChange(() => {
      changes += 1;
    });
    const made = await ec2.createSecurityGroup({
      GroupName: 'drawbridge-demo-api-1',
      Description: 'just-in-time access',
      VpcId: vpcId,
      TagSpecifications: [
        { ResourceType: 'security-group', Tags: [{ Key: 'drawbridge:installation', Value: 'demo' }] },
      ],
    });
    const GroupId = made.GroupId ?? '';
    expect(GroupId).toMatch(/^sg-[0-9a-f]{17}$/);
    expect(made.Tags).toEqual([{ Key: 'drawbridge:installation', Value: 'demo' }]);
    const everything = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
    const stripped = await ec2.revokeSecurityGroupEgress({ GroupId, IpPermissions: [everything] });
    expect(stripped.RevokedSecurityGroupRules).toHaveLength(1);
    const Groups = [group('api'), GroupId];
    await ec2.modifyNetworkInterfaceAttribute({ NetworkInterfaceId: eni('api-1'), Groups });

    const opened = await ec2.authorizeSecurityGroupIngress({
      GroupId,
      IpPermissions: [tcp('203.0.113.7/32', 22, 'drawbridge r1 until 2026-01-01T00:00:00Z')],
      TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'drawbridge:mark', Value: 'v1' }] }],
    });
    const rule = opened.SecurityGroupRules?.[0];
    expect(rule).toMatchObject({
      GroupId,
      IsEgress: false,
      IpProtocol: 'tcp',
      FromPort: 22,
      ToPort: 22,
      CidrIpv4: '203.0.113.7/32',
      Description: 'drawbridge r1 until 2026-01-01T00:00:00Z',
      Tags: [{ Key: 'drawbridge:mark', Value: 'v1' }],
    });
    const id = rule?.SecurityGroupRuleId ?? '';
    await ec2.createTags({ Resources: [id], Tags: [{ Key: 'drawbridge:mark', Value: 'v2' }] });
    const read = await ec2.describeSecurityGroupRules({ Filters: [{ Name: 'group-id', Values: [GroupId] }] });
    expect(read.SecurityGroupRules).toHaveLength(1);
    expect(read.SecurityGroupRules?.[0]).toMatchObject({ SecurityGroupRuleId: id, Tags: [{ Value: 'v2' }] });
    expect(simulator.state().groups.find((one) => one.id === GroupId)?.rules).toEqual([
      expect.objectContaining({
        id,
        groupName: 'drawbridge-demo-api-1',
        source: '203.0.113.7/32',
        tags: { 'drawbridge:mark': 'v2' },
      }),
    ]);

    const closed = await ec2.revokeSecurityGroupIngress({ GroupId, SecurityGroupRuleIds: [id] });
    expect(closed.RevokedSecurityGroupRules).toEqual([
      expect.objectContaining({ SecurityGroupRuleId: id, CidrIpv4: '203.0.113.7/32', FromPort: 22 }),
    ]);
    expect(await codeOf(ec2.deleteSecurityGroup({ GroupId }))).toBe('DependencyViolation');
    await ec2.modifyNetworkInterfaceAttribute({ NetworkInterfaceId: eni('api-1'), Groups: [group('api')] });
    await ec2.deleteSecurityGroup({ GroupId });
    expect(simulator.state().groups.map((one) => one.name)).toEqual(['default', 'api', 'batch', 'launch-wizard-1']);
    const mutations = simulator.log().filter((call) => call.mutating && call.status === 200);
    expect(mutations.map((call) => call.action)).toEqual([
      'CreateSecurityGroup',
      'RevokeSecurityGroupEgress',
      'ModifyNetworkInterfaceAttribute',
      'AuthorizeSecurityGroupIngress',
      'CreateTags',
      'RevokeSecurityGroupIngress',
      'ModifyNetworkInterfaceAttribute',
      'DeleteSecurityGroup',
    ]);
    expect(changes).toBe(mutations.length);
    expect(mutations[3]?.summary).toBe(`${GroupId} tcp 22 22 203.0.113.7/32`);
  });
});

describe('the AWS simulator, opening', () => {
  it('stores canonical prefixes, and finds a duplicate whatever its form, description and tags', async () => {
    const { ec2, group } = await startAws();
    const GroupId = group('batch');
    const authorize = (permission: object) =>
      ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [permission] });
    const made = await authorize(tcp('100.68.0.18/18'));
    expect(made.SecurityGroupRules?.[0]?.CidrIpv4).toBe('100.68.0.0/18');
    expect(await codeOf(authorize(tcp('100.68.0.0/18', 22, 'another')))).toBe('InvalidPermission.Duplicate');
    const six = (CidrIpv6: string) => ({ IpProtocol: '6', FromPort: 22, ToPort: 22, Ipv6Ranges: [{ CidrIpv6 }] });
    const made6 = await authorize(six('2001:0DB8:7:0::1/64'));
    expect(made6.SecurityGroupRules?.[0]).toMatchObject({ CidrIpv6: '2001:db8:7::/64', IpProtocol: 'tcp' });
    expect(await codeOf(authorize(six('2001:db8:7::/64')))).toBe('InvalidPermission.Duplicate');
    await ec2.authorizeSecurityGroupEgress({ GroupId, IpPermissions: [tcp('100.68.0.0/18')] });
  });

  it('writes all rules of a call or none', async () => {
    const { ec2, group, simulator } = await startAws();
    const GroupId = group('batch');
    await ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [tcp('203.0.113.7/32')] });
    const both = { GroupId, IpPermissions: [tcp('203.0.113.8/32'), tcp('203.0.113.7/32')] };
    expect(await codeOf(ec2.authorizeSecurityGroupIngress(both))).toBe('InvalidPermission.Duplicate');
    const twice = { GroupId, IpPermissions: [tcp('203.0.113.9/32'), tcp('203.0.113.9/32')] };
    expect(await codeOf(ec2.authorizeSecurityGroupIngress(twice))).toBe('InvalidParameterValue');
    const left = simulator
      .state()
      .groups.find((one) => one.id === GroupId)
      ?.rules.filter((one) => one.direction === 'ingress');
    expect(left?.map((rule) => rule.source)).toEqual(['203.0.113.7/32']);
  });

  it('counts IPv4 and IPv6 apart, groups in both, prefix lists as long as they may be', async () => {
    const { ec2, group } = await startAws({ quotas: { rulesPerGroup: 6 } });
    const GroupId = group('batch');
    const authorize = (...IpPermissions: object[]) => ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions });
    const six = {
      IpProtocol: 'tcp',
      FromPort: 22,
      ToPort: 22,
      Ipv6Ranges: [1, 2, 3, 4, 5].map((n) => ({ CidrIpv6: `2001:db8::${n}/128` })),
    };
    const lists = await ec2.describeManagedPrefixLists({ Filters: [{ Name: 'prefix-list-name', Values: ['office'] }] });
    const PrefixListId = lists.PrefixLists?.[0]?.PrefixListId;
    await authorize({ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, PrefixListIds: [{ PrefixListId }] }, six);
    await authorize({ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, UserIdGroupPairs: [{ GroupId: group('api') }] });
    expect(await codeOf(authorize(tcp('203.0.113.7/32')))).toBe('RulesPerSecurityGroupLimitExceeded');
    await ec2.authorizeSecurityGroupEgress({ GroupId, IpPermissions: [tcp('203.0.113.7/32')] });
  });

  const cidr = '203.0.113.7/32';
  it.each([
    ['an address without a length', tcp('203.0.113.7'), 'InvalidParameterValue'],
    ['IPv6 as IPv4', tcp('2001:db8::/64'), 'InvalidParameterValue'],
    ['a length too long', tcp('203.0.113.7/33'), 'InvalidParameterValue'],
    ['an apostrophe in the description', tcp(cidr, 22, "it's"), 'InvalidParameterValue'],
    ['a description of 256', tcp(cidr, 22, 'x'.repeat(256)), 'InvalidParameterValue'],
    ['a port that is none', tcp(cidr, 65_536), 'InvalidParameterValue'],
    ['no ports', { IpProtocol: 'tcp', IpRanges: [{ CidrIp: cidr }] }, 'InvalidParameterValue'],
    ['an unknown protocol', { IpProtocol: 'ssh', IpRanges: [{ CidrIp: cidr }] }, 'InvalidParameterValue'],
    ['no protocol', { IpRanges: [{ CidrIp: cidr }] }, 'MissingParameter'],
    ['no source', { IpProtocol: '-1' }, 'InvalidPermission.Malformed'],
    [
      'a group that is not there',
      { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-0123456789abcdef0' }] },
      'InvalidGroup.NotFound',
    ],
    [
      'a list that is not there',
      { IpProtocol: '-1', PrefixListIds: [{ PrefixListId: 'pl-1' }] },
      'InvalidPrefixListID.NotFound',
    ],
  ])('refuses %s', async (_, permission, code) => {
    const { ec2, group } = await startAws();
    const call = ec2.authorizeSecurityGroupIngress({ GroupId: group('batch'), IpPermissions: [permission] });
    expect(await codeOf(call)).toBe(code);
  });

  it('refuses & for a group reference only, and tags for what is not made', async () => {
    const { ec2, group } = await startAws();
    const GroupId = group('batch');
    await ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [tcp(cidr, 22, 'a & b')] });
    const pair = { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId, Description: 'a & b' }] };
    expect(await codeOf(ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [pair] }))).toBe(
      'InvalidParameterValue',
    );
    const tagged = (ResourceType: 'security-group' | 'security-group-rule', Key: string) =>
      ec2.authorizeSecurityGroupIngress({
        GroupId,
        IpPermissions: [tcp('203.0.113.8/32')],
        TagSpecifications: [{ ResourceType, Tags: [{ Key, Value: 'v' }] }],
      });
    expect(await codeOf(tagged('security-group', 'k'))).toBe('InvalidParameterValue');
    expect(await codeOf(tagged('security-group-rule', 'aws:k'))).toBe('InvalidParameterValue');
    expect(await codeOf(tagged('security-group-rule', 'k'.repeat(129)))).toBe('InvalidTagKey.Malformed');
  });
});

describe('the AWS simulator, closing', () => {
  it('revokes by exact properties, whatever the description, and all or nothing', async () => {
    const { ec2, group, simulator } = await startAws();
    const GroupId = group('batch');
    await ec2.authorizeSecurityGroupIngress({
      GroupId,
      IpPermissions: [tcp('203.0.113.7/32', 22, 'a'), tcp('203.0.113.8/32')],
    });
    const revoke = (...IpPermissions: object[]) => ec2.revokeSecurityGroupIngress({ GroupId, IpPermissions });
    expect(await codeOf(revoke(tcp('203.0.113.7/32', 2222)))).toBe('InvalidPermission.NotFound');
    expect(await codeOf(revoke(tcp('203.0.113.7/32'), tcp('203.0.113.9/32')))).toBe('InvalidPermission.NotFound');
    const done = await revoke(tcp('203.0.113.7/32', 22, 'b'));
    expect(done.RevokedSecurityGroupRules).toHaveLength(1);
    expect(await codeOf(revoke(tcp('203.0.113.7/32')))).toBe('InvalidPermission.NotFound');
    expect(
      simulator
        .state()
        .groups.find((one) => one.id === GroupId)
        ?.rules.map((rule) => rule.source),
    ).toEqual(['0.0.0.0/0', '203.0.113.8/32']);
  });

  it('hands unknown permissions back in a default VPC', async () => {
    const { ec2, group } = await startAws({ defaultVpc: true });
    const GroupId = group('api');
    const done = await ec2.revokeSecurityGroupIngress({
      GroupId,
      IpPermissions: [tcp('0.0.0.0/0', 443), tcp('203.0.113.7/32')],
    });
    expect(done.Return).toBe(true);
    expect(done.RevokedSecurityGroupRules).toHaveLength(1);
    expect(done.UnknownIpPermissions).toEqual([
      expect.objectContaining({ IpRanges: [{ CidrIp: '203.0.113.7/32' }], FromPort: 22 }),
    ]);
  });

  it('knows rule ids only in their own group and direction', async () => {
    const { ec2, group } = await startAws();
    const made = await ec2.authorizeSecurityGroupIngress({
      GroupId: group('batch'),
      IpPermissions: [tcp('203.0.113.7/32')],
    });
    const SecurityGroupRuleIds = [made.SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? ''];
    const notFound = 'InvalidSecurityGroupRuleId.NotFound';
    expect(await codeOf(ec2.revokeSecurityGroupIngress({ GroupId: group('api'), SecurityGroupRuleIds }))).toBe(
      notFound,
    );
    expect(await codeOf(ec2.revokeSecurityGroupEgress({ GroupId: group('batch'), SecurityGroupRuleIds }))).toBe(
      notFound,
    );
    expect(
      await codeOf(ec2.revokeSecurityGroupIngress({ GroupId: group('batch'), SecurityGroupRuleIds: ['sgr-1'] })),
    ).toBe('InvalidSecurityGroupRuleId.Malformed');
    const both = { GroupId: group('batch'), SecurityGroupRuleIds, IpPermissions: [tcp('203.0.113.7/32')] };
    expect(await codeOf(ec2.revokeSecurityGroupIngress(both))).toBe('InvalidParameterCombination');
    expect(await codeOf(ec2.revokeSecurityGroupIngress({ GroupId: group('batch') }))).toBe('MissingParameter');
    expect(await codeOf(ec2.revokeSecurityGroupIngress({ SecurityGroupRuleIds }))).toBe('MissingParameter');
    await ec2.revokeSecurityGroupIngress({ GroupId: group('batch'), SecurityGroupRuleIds });
    expect(await codeOf(ec2.revokeSecurityGroupIngress({ GroupId: group('batch'), SecurityGroupRuleIds }))).toBe(
      notFound,
    );
  });
});

import { describe, expect, it } from 'vitest';
import { codeOf, startAws, tcp } from './aws-clients.ts';

describe('the AWS simulator, security groups', () => {
  it.each([
    ['a name with sg- before it', 'sg-jit', 'text', 'InvalidParameterValue'],
    ['a name that is too long', 'x'.repeat(256), 'text', 'InvalidParameterValue'],
    ['a name with a question mark', 'jit?', 'text', 'InvalidParameterValue'],
    ['the reserved name', 'default', 'text', 'InvalidParameterValue'],
    ['a name in use, whatever its case', 'API', 'text', 'InvalidGroup.Duplicate'],
    ['an accent in the description', 'jit', 'accès', 'InvalidParameterValue'],
    ['no description', 'jit', '', 'MissingParameter'],
  ])('refuses %s', async (_, GroupName, Description, code) => {
    const { ec2, vpcId, simulator } = await startAws();
    expect(await codeOf(ec2.createSecurityGroup({ GroupName, Description, VpcId: vpcId }))).toBe(code);
    expect(simulator.state().groups).toHaveLength(4);
  });

  it('needs a VPC that is there, or a default one', async () => {
    const { ec2 } = await startAws();
    const group = { GroupName: 'jit', Description: 'text' };
    expect(await codeOf(ec2.createSecurityGroup(group))).toBe('VPCIdNotSpecified');
    expect(await codeOf(ec2.createSecurityGroup({ ...group, VpcId: 'vpc-0123456789abcdef0' }))).toBe(
      'InvalidVpcID.NotFound',
    );
    const other = await startAws({ defaultVpc: true });
    const { GroupId } = await other.ec2.createSecurityGroup(group);
    expect(GroupId).toBe(other.group('jit'));
    await other.ec2.deleteSecurityGroup({ GroupName: 'jit' });
    expect(await codeOf(other.ec2.deleteSecurityGroup({ GroupName: 'jit' }))).toBe('InvalidGroup.NotFound');
  });

  it('has a quota of groups', async () => {
    const { ec2, vpcId } = await startAws({ quotas: { groupsPerRegion: 5 } });
    const create = (GroupName: string) => ec2.createSecurityGroup({ GroupName, Description: 'text', VpcId: vpcId });
    await create('one');
    expect(await codeOf(create('two'))).toBe('SecurityGroupLimitExceeded');
  });

  it('deletes no group that is default, attached, named elsewhere or not there', async () => {
    const { ec2, group, vpcId } = await startAws();
    const { GroupId } = await ec2.createSecurityGroup({ GroupName: 'jit', Description: 'text', VpcId: vpcId });
    const pair = { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] };
    await ec2.authorizeSecurityGroupIngress({ GroupId: group('api'), IpPermissions: [pair] });
    expect(await codeOf(ec2.deleteSecurityGroup({ GroupId: group('default') }))).toBe('CannotDelete');
    expect(await codeOf(ec2.deleteSecurityGroup({ GroupId: group('api') }))).toBe('DependencyViolation');
    expect(await codeOf(ec2.deleteSecurityGroup({ GroupId }))).toBe('DependencyViolation');
    expect(await codeOf(ec2.deleteSecurityGroup({ GroupId: 'sg-0123456789abcdef0' }))).toBe('InvalidGroup.NotFound');
    expect(await codeOf(ec2.deleteSecurityGroup({ GroupId: 'jit' }))).toBe('InvalidGroupId.Malformed');
    await ec2.revokeSecurityGroupIngress({ GroupId: group('api'), IpPermissions: [pair] });
    await ec2.deleteSecurityGroup({ GroupId });
  });

  it('changes rules in place: the id and the tags stay, the kind of source cannot change', async () => {
    const { ec2, group } = await startAws();
    const GroupId = group('batch');
    const made = await ec2.authorizeSecurityGroupIngress({
      GroupId,
      IpPermissions: [tcp('203.0.113.7/32', 22, 'old'), tcp('203.0.113.8/32')],
      TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'k', Value: 'v' }] }],
    });
    const SecurityGroupRuleId = made.SecurityGroupRules?.[0]?.SecurityGroupRuleId;
    const modify = (change: object) =>
      ec2.modifySecurityGroupRules({
        GroupId,
        SecurityGroupRules: [
          { SecurityGroupRuleId, SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, ...change } },
        ],
      });
    await modify({ CidrIpv4: '203.0.113.9/32', Description: 'new' });
    const read = await ec2.describeSecurityGroupRules({ SecurityGroupRuleIds: [SecurityGroupRuleId ?? ''] });
    expect(read.SecurityGroupRules?.[0]).toMatchObject({
      CidrIpv4: '203.0.113.9/32',
      Description: 'new',
      Tags: [{ Key: 'k', Value: 'v' }],
    });
    expect(await codeOf(modify({ CidrIpv4: '203.0.113.8/32' }))).toBe('InvalidPermission.Duplicate');
    expect(await codeOf(modify({ CidrIpv6: '2001:db8::/64' }))).toBe('InvalidParameterValue');
    expect(await codeOf(modify({}))).toBe('InvalidParameterCombination');
    expect(await codeOf(modify({ CidrIpv4: '203.0.113.10/32', Description: "it's" }))).toBe('InvalidParameterValue');
  });
});

describe('the AWS simulator, interfaces', () => {
  it('replaces the whole list of groups, and refuses an impossible one', async () => {
    const { ec2, group, eni, simulator } = await startAws();
    const NetworkInterfaceId = eni('api-1');
    const attach = (...Groups: string[]) => ec2.modifyNetworkInterfaceAttribute({ NetworkInterfaceId, Groups });
    await attach(group('default'), group('batch'));
    const groups = () => simulator.state().interfaces.find((one) => one.id === NetworkInterfaceId)?.groups;
    expect(groups()).toEqual([group('default'), group('batch')]);
    expect(await codeOf(attach())).toBe('InvalidParameterCombination');
    expect(await codeOf(attach('sg-0123456789abcdef0'))).toBe('InvalidGroup.NotFound');
    const twice = { NetworkInterfaceId, Groups: [group('api')], Description: { Value: 'text' } };
    expect(await codeOf(ec2.modifyNetworkInterfaceAttribute(twice))).toBe('InvalidParameterCombination');
    const absent = { NetworkInterfaceId: 'eni-0123456789abcdef0', Groups: [group('api')] };
    expect(await codeOf(ec2.modifyNetworkInterfaceAttribute(absent))).toBe('InvalidNetworkInterfaceID.NotFound');
    simulator.human.setManaged(NetworkInterfaceId);
    expect(await codeOf(attach(group('api')))).toBe('OperationNotPermitted');
    expect(groups()).toEqual([group('default'), group('batch')]);
  });

  it('holds five groups on an interface', async () => {
    const { ec2, eni, vpcId } = await startAws();
    const ids: string[] = [];
    for (const n of [1, 2, 3, 4, 5, 6]) {
      const made = await ec2.createSecurityGroup({ GroupName: `jit-${n}`, Description: 'text', VpcId: vpcId });
      ids.push(made.GroupId ?? '');
    }
    const attach = (Groups: string[]) =>
      ec2.modifyNetworkInterfaceAttribute({ NetworkInterfaceId: eni('api-1'), Groups });
    expect(await codeOf(attach(ids))).toBe('SecurityGroupsPerInterfaceLimitExceeded');
    await attach(ids.slice(1));
  });

  it('cannot choose among several interfaces of an instance', async () => {
    const { ec2, group, instance, simulator } = await startAws();
    const second = simulator.human.launch({
      name: 'router-1',
      privateIp: '10.1.0.40',
      groups: [{ name: 'api' }],
      moreInterfaces: [{ privateIp: '10.1.0.41', groups: [{ name: 'batch' }] }],
    });
    const set = (InstanceId: string, Groups: string[]) => ec2.modifyInstanceAttribute({ InstanceId, Groups });
    expect(await codeOf(set(second, [group('api')]))).toBe('InvalidInstanceID');
    await set(instance('api-1'), [group('batch')]);
    const read = await ec2.describeInstances({ InstanceIds: [instance('api-1')] });
    expect(read.Reservations?.[0]?.Instances?.[0]?.SecurityGroups).toEqual([
      { GroupId: group('batch'), GroupName: 'batch' },
    ]);
    expect(await codeOf(set('i-0123456789abcdef0', [group('api')]))).toBe('InvalidInstanceID.NotFound');
    expect(
      await codeOf(ec2.modifyInstanceAttribute({ InstanceId: instance('api-1'), EbsOptimized: { Value: true } })),
    ).toBe('UnknownParameter');
  });
});

describe('the AWS simulator, tags', () => {
  it('adds, overwrites and deletes tags of every kind of resource, all or none', async () => {
    const { ec2, instance, group, simulator } = await startAws();
    const Resources = [instance('api-1'), group('api')];
    await ec2.createTags({
      Resources,
      Tags: [
        { Key: 'env', Value: 'test' },
        { Key: 'empty', Value: '' },
      ],
    });
    const all = await ec2.describeTags({
      Filters: [
        { Name: 'resource-id', Values: Resources },
        { Name: 'key', Values: ['e*'] },
      ],
    });
    expect(all.Tags?.map(({ ResourceType, Key, Value }) => [ResourceType, Key, Value])).toEqual([
      ['instance', 'env', 'test'],
      ['instance', 'empty', ''],
      ['security-group', 'env', 'test'],
      ['security-group', 'empty', ''],
    ]);
    await ec2.deleteTags({ Resources, Tags: [{ Key: 'env', Value: 'prod' }, { Key: 'empty' }] });
    expect(simulator.state().groups.find((one) => one.name === 'api')?.tags).toEqual({ env: 'test' });
    await ec2.deleteTags({ Resources });
    expect(simulator.state().groups.find((one) => one.name === 'api')?.tags).toEqual({});
    const partly = { Resources: [group('api'), 'sgr-0123456789abcdef0'], Tags: [{ Key: 'k', Value: 'v' }] };
    expect(await codeOf(ec2.createTags(partly))).toBe('InvalidSecurityGroupRuleId.NotFound');
    expect(simulator.state().groups.find((one) => one.name === 'api')?.tags).toEqual({});
    const Tags = [{ Key: 'k', Value: 'v' }];
    expect(await codeOf(ec2.createTags({ Resources: ['api'], Tags }))).toBe('InvalidID');
    expect(await codeOf(ec2.createTags({ Resources: [group('api')], Tags: [] }))).toBe('MissingParameter');
    expect(
      await codeOf(ec2.createTags({ Resources: [group('api')], Tags: [{ Key: 'k', Value: 'v'.repeat(257) }] })),
    ).toBe('InvalidParameterValue');
    const many = Array.from({ length: 51 }, (_, i) => ({ Key: `k${i}`, Value: 'v' }));
    expect(await codeOf(ec2.createTags({ Resources: [group('api')], Tags: many }))).toBe('TagLimitExceeded');
  });
});

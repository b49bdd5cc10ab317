import {
  type Instance,
  paginateDescribeInstances,
  paginateDescribeSecurityGroupRules,
  paginateDescribeSecurityGroups,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { largeWorld } from '../../simulators/aws/index.ts';
import { codeOf, startAws, tamper, tcp } from './aws-clients.ts';

const HOUR_MS = 3_600_000;

const nameOf = (instance: Instance): string | undefined => instance.Tags?.find((tag) => tag.Key === 'Name')?.Value;

describe('the AWS simulator, reading', () => {
  it('shows the machines of the world as EC2 does', async () => {
    const { ec2, group, vpcId } = await startAws();
    const read = await ec2.describeInstances({ Filters: [{ Name: 'instance-state-name', Values: ['running'] }] });
    const instances = read.Reservations?.flatMap((one) => one.Instances ?? []) ?? [];
    expect(instances.map((one) => [nameOf(one), one.PrivateIpAddress, one.PublicIpAddress])).toEqual([
      ['api-1', '10.1.0.10', '198.51.100.10'],
      ['batch-1', '10.1.1.20', undefined],
      ['legacy-1', '10.1.0.30', '198.51.100.30'],
    ]);
    const [first] = instances;
    expect(first?.NetworkInterfaces?.[0]).toMatchObject({
      PrivateIpAddress: '10.1.0.10',
      VpcId: vpcId,
      Groups: [{ GroupId: group('api'), GroupName: 'api' }],
      Attachment: { DeviceIndex: 0, Status: 'attached' },
      Association: { PublicIp: '198.51.100.10' },
    });
    const standing = await ec2.describeSecurityGroups({
      Filters: [
        { Name: 'ip-permission.cidr', Values: ['0.0.0.0/0'] },
        { Name: 'ip-permission.from-port', Values: ['22'] },
      ],
    });
    expect(standing.SecurityGroups).toEqual([
      expect.objectContaining({
        GroupName: 'launch-wizard-1',
        IpPermissions: [expect.objectContaining({ FromPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] })],
        IpPermissionsEgress: [expect.objectContaining({ IpProtocol: '-1' })],
      }),
    ]);
    const sharers = await ec2.describeNetworkInterfaces({ Filters: [{ Name: 'group-id', Values: [group('api')] }] });
    expect(sharers.NetworkInterfaces?.map((one) => one.Attachment?.InstanceId)).toEqual([first?.InstanceId]);
  });

  it('filters by tag, by key, with wildcards, and needs all filters to match', async () => {
    const { ec2 } = await startAws();
    const names = async (...filters: [string, ...string[]][]) => {
      const read = await ec2.describeInstances({ Filters: filters.map(([Name, ...Values]) => ({ Name, Values })) });
      return read.Reservations?.flatMap((one) => one.Instances?.map(nameOf) ?? []);
    };
    expect(await names(['tag:team', 'api', 'core'])).toEqual(['api-1', 'legacy-1']);
    expect(await names(['tag:Name', '*-1'], ['private-ip-address', '10.1.0.?0'])).toEqual(['api-1', 'legacy-1']);
    expect(await names(['tag:Name', 'api\\*'])).toEqual([]);
    expect(await names(['tag-key', 'team'], ['instance.group-name', 'batch'])).toEqual(['batch-1']);
    expect(await names(['tag:env', 'PROD'])).toEqual([]);
  });

  it.each([
    ['an unknown filter', 'no-such-filter', 'InvalidParameterValue'],
    ['tag-key, which rules do not have', 'tag-key', 'InvalidParameterValue'],
    ['a tag without a key', 'tag:', 'InvalidParameterValue'],
  ])('refuses %s', async (_, Name, code) => {
    const { ec2 } = await startAws();
    expect(await codeOf(ec2.describeSecurityGroupRules({ Filters: [{ Name, Values: ['x'] }] }))).toBe(code);
  });

  it('pages through everything once, also while rows go', async () => {
    const { ec2, simulator } = await startAws({ instances: largeWorld({ machines: 23 }) });
    const seen: (string | undefined)[] = [];
    for await (const page of paginateDescribeInstances({ client: ec2, pageSize: 5 }, {})) {
      const instances = page.Reservations?.flatMap((one) => one.Instances ?? []) ?? [];
      expect(instances.length).toBeLessThanOrEqual(5);
      seen.push(...instances.map(nameOf));
    }
    expect(seen).toEqual(simulator.state().instances.map((one) => one.name));

    for (let n = 1; n <= 12; n += 1)
      simulator.human.addRule('fleet', { port: 22, source: `203.0.113.${n}/32`, tags: { mark: 'x' } });
    const sources: (string | undefined)[] = [];
    const Filters = [{ Name: 'tag:mark', Values: ['*'] }];
    for await (const page of paginateDescribeSecurityGroupRules({ client: ec2, pageSize: 5 }, { Filters })) {
      sources.push(...(page.SecurityGroupRules ?? []).map((rule) => rule.CidrIpv4));
      for (const rule of page.SecurityGroupRules ?? []) simulator.human.removeRule(rule.SecurityGroupRuleId ?? '');
    }
    expect(sources).toEqual(Array.from({ length: 12 }, (_, i) => `203.0.113.${i + 1}/32`));
    for await (const page of paginateDescribeSecurityGroups({ client: ec2, pageSize: 5 }, {}))
      expect(page.SecurityGroups).toHaveLength(2);
  });

  it('refuses pages of a wrong size, with ids, or behind a token of another question', async () => {
    const { ec2, instance } = await startAws({ instances: largeWorld({ machines: 8 }) });
    expect(await codeOf(ec2.describeInstances({ MaxResults: 4 }))).toBe('InvalidParameterValue');
    expect(await codeOf(ec2.describeInstances({ MaxResults: 1001 }))).toBe('InvalidParameterValue');
    const InstanceIds = [instance('m-0001')];
    expect(await codeOf(ec2.describeInstances({ MaxResults: 5, InstanceIds }))).toBe('InvalidParameterCombination');
    const { NextToken } = await ec2.describeInstances({ MaxResults: 5 });
    const Filters = [{ Name: 'tag:env', Values: ['prod'] }];
    expect(await codeOf(ec2.describeInstances({ MaxResults: 5, NextToken, Filters }))).toBe('InvalidPaginationToken');
    expect(await codeOf(ec2.describeInstances({ MaxResults: 5, NextToken: 'page2' }))).toBe('InvalidPaginationToken');
    const rest = await ec2.describeInstances({ MaxResults: 5, NextToken });
    expect(rest.Reservations).toHaveLength(3);
    expect(rest.NextToken).toBeUndefined();
  });

  it('knows no id that is not there', async () => {
    const { ec2 } = await startAws();
    const id = '0123456789abcdef0';
    expect(await codeOf(ec2.describeInstances({ InstanceIds: [`i-${id}`] }))).toBe('InvalidInstanceID.NotFound');
    expect(await codeOf(ec2.describeInstances({ InstanceIds: ['api-1'] }))).toBe('InvalidInstanceID.Malformed');
    expect(await codeOf(ec2.describeSecurityGroups({ GroupIds: [`sg-${id}`] }))).toBe('InvalidGroup.NotFound');
    expect(await codeOf(ec2.describeSecurityGroups({ GroupNames: ['api'] }))).toBe('InvalidGroup.NotFound');
    expect(await codeOf(ec2.describeSecurityGroupRules({ SecurityGroupRuleIds: [`sgr-${id}`] }))).toBe(
      'InvalidSecurityGroupRuleId.NotFound',
    );
    expect(await codeOf(ec2.describeNetworkInterfaces({ NetworkInterfaceIds: [`eni-${id}`] }))).toBe(
      'InvalidNetworkInterfaceID.NotFound',
    );
    expect(await codeOf(ec2.describeVpcs({ VpcIds: [`vpc-${id}`] }))).toBe('InvalidVpcID.NotFound');
  });

  it('shows VPCs, subnets, regions and prefix lists', async () => {
    const { ec2, vpcId } = await startAws();
    const vpcs = await ec2.describeVpcs({ Filters: [{ Name: 'is-default', Values: ['false'] }] });
    expect(vpcs.Vpcs).toMatchObject([{ VpcId: vpcId, CidrBlock: '10.1.0.0/16', IsDefault: false }]);
    const subnets = await ec2.describeSubnets({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] });
    expect(subnets.Subnets?.map((one) => one.CidrBlock)).toEqual(['10.1.0.0/24', '10.1.1.0/24']);
    expect((await ec2.describeRegions({})).Regions?.map((one) => one.RegionName)).toEqual(['eu-west-1']);
    expect(await codeOf(ec2.describeRegions({ RegionNames: ['eu-nowhere-1'] }))).toBe('InvalidParameterValue');
    const lists = await ec2.describeManagedPrefixLists({});
    expect(lists.PrefixLists?.map((one) => [one.PrefixListName, one.OwnerId])).toEqual([
      ['office', '123456789012'],
      ['com.amazonaws.eu-west-1.s3', 'AWS'],
    ]);
    const entries = await ec2.getManagedPrefixListEntries({ PrefixListId: lists.PrefixLists?.[0]?.PrefixListId });
    expect(entries.Entries).toEqual([{ Cidr: '192.0.2.0/24', Description: 'head office' }]);
  });

  it('refuses what it does not know', async () => {
    const { ec2, clients, group, vpcId } = await startAws();
    expect(await codeOf(ec2.createVpc({ CidrBlock: '10.2.0.0/16' }))).toBe('InvalidAction');
    const GroupId = group('batch');
    const withExtra = (extra: string) => {
      const other = clients({}).ec2;
      tamper(other, 'before signing', (request) => {
        request.body += extra;
      });
      return other.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [tcp('203.0.113.7/32')] });
    };
    expect(await codeOf(withExtra('&Force=true'))).toBe('UnknownParameter');
    expect(await codeOf(withExtra('&IpPermissions.1.Comment=x'))).toBe('UnknownParameter');
    expect(await codeOf(withExtra('&GroupName=batch'))).toBe('InvalidParameterCombination');
    expect(await codeOf(withExtra('&DryRun=yes'))).toBe('InvalidParameterValue');
    expect(await codeOf(withExtra('&GroupId=sg-2'))).toBe('InvalidQueryParameter');
    const outdated = clients({}).ec2;
    tamper(outdated, 'before signing', (request) => {
      request.body = request.body.replace('2016-11-15', '2014-01-01');
    });
    expect(await codeOf(outdated.describeVpcs({ VpcIds: [vpcId] }))).toBe('NoSuchVersion');
    const nameless = clients({}).ec2;
    tamper(nameless, 'before signing', (request) => {
      request.body = request.body.replace('Action=DescribeVpcs&', '');
    });
    expect(await codeOf(nameless.describeVpcs({}))).toBe('MissingAction');
    await withExtra('');
  });

  it('does nothing on a dry run', async () => {
    const { ec2, group, simulator } = await startAws();
    const before = simulator.state();
    const GroupId = group('batch');
    const call = { GroupId, IpPermissions: [tcp('203.0.113.7/32')], DryRun: true };
    expect(await codeOf(ec2.authorizeSecurityGroupIngress(call))).toBe('DryRunOperation');
    expect(await codeOf(ec2.describeInstances({ DryRun: true }))).toBe('DryRunOperation');
    expect(await codeOf(ec2.createTags({ Resources: [GroupId], Tags: [{ Key: 'k', Value: 'v' }], DryRun: true }))).toBe(
      'DryRunOperation',
    );
    expect(simulator.state()).toEqual(before);
  });

  it('shows what people do by hand', async () => {
    const { ec2, instance, group, eni, simulator, clock } = await startAws();
    const { human } = simulator;
    const read = async (name: string) => {
      const found = await ec2.describeInstances({ Filters: [{ Name: 'tag:Name', Values: [name] }] });
      return found.Reservations?.[0]?.Instances?.[0];
    };
    human.stop(instance('api-1'));
    const stopped = await read('api-1');
    expect([stopped?.State?.Name, stopped?.PublicIpAddress]).toEqual(['stopped', undefined]);
    human.start(instance('api-1'));
    expect((await read('api-1'))?.PublicIpAddress).toBe('198.51.100.101');
    const ruleId = human.addRule('api', { port: 22, toPort: 25, source: '198.51.100.0/24', description: 'by hand' });
    human.editGroups(eni('legacy-1'), ['api', group('batch')]);
    expect((await read('legacy-1'))?.SecurityGroups?.map((one) => one.GroupName)).toEqual(['api', 'batch']);
    const rules = await ec2.describeSecurityGroupRules({ SecurityGroupRuleIds: [ruleId] });
    expect(rules.SecurityGroupRules?.[0]).toMatchObject({ FromPort: 22, ToPort: 25, CidrIpv4: '198.51.100.0/24' });
    human.setTags(ruleId, { 'drawbridge:mark': 'forged' });
    human.deleteGroup('batch');
    expect((await read('legacy-1'))?.SecurityGroups?.map((one) => one.GroupName)).toEqual(['api']);
    human.terminate(instance('legacy-1'));
    expect(await read('legacy-1')).toMatchObject({ State: { Name: 'terminated' }, NetworkInterfaces: [] });
    clock.advance(HOUR_MS);
    // The client first learns from this refusal that the clock went on.
    await codeOf(ec2.describeRegions({}));
    expect(await read('legacy-1')).toBeUndefined();
    expect(await codeOf(ec2.describeInstances({ InstanceIds: [instance('legacy-1')] }))).toBe(
      'InvalidInstanceID.NotFound',
    );
  });
});

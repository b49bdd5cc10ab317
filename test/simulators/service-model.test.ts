import { expect, test } from 'vitest';
import { faultsIn } from './service-model.ts';

const asked = { service: 'ec2', action: 'DescribeSecurityGroupRules', status: 200 };
const reply = (rule: string) => ({
  ...asked,
  body: `<DescribeSecurityGroupRulesResponse><requestId>1</requestId><securityGroupRuleSet><item>${rule}</item></securityGroupRuleSet></DescribeSecurityGroupRulesResponse>`,
});
const AT = 'DescribeSecurityGroupRules gives DescribeSecurityGroupRules.securityGroupRuleSet';

/** What holds the replies of the simulator against the models has to find what is wrong in one. */
test.each([
  ['<groupId>sg-0a</groupId><isEgress>true</isEgress><fromPort>-1</fromPort>', []],
  ['<groupID>sg-0a</groupID>', [`${AT}[].groupID, which SecurityGroupRule has not`]],
  ['<isEgress>yes</isEgress>', [`${AT}[].isEgress “yes”`]],
  ['<fromPort>ssh</fromPort>', [`${AT}[].fromPort “ssh”`]],
  ['<groupId><id>sg-0a</id></groupId>', [`${AT}[].groupId “”`]],
  ['<groupId>a</groupId><groupId>b</groupId>', [`${AT}[].groupId twice`]],
  [
    '<referencedGroupInfo><name>web</name></referencedGroupInfo>',
    [`${AT}[].referencedGroupInfo.name, which ReferencedSecurityGroup has not`],
  ],
  ['<tagSet><member><key>a</key></member></tagSet>', [`${AT}[].tagSet.member in a list of item`]],
])('%s', (rule, faults) => {
  expect(faultsIn(reply(rule))).toEqual(faults);
});

test('required members, words of enums, errors and actions', () => {
  const sts = '<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>a</AccessKeyId></Credentials>';
  const body = `${sts}</AssumeRoleResult></AssumeRoleResponse>`;
  expect(faultsIn({ service: 'sts', action: 'AssumeRole', status: 200, body })).toEqual(
    ['SecretAccessKey', 'SessionToken', 'Expiration'].map(
      (name) => `AssumeRole gives AssumeRole.Credentials without ${name}`,
    ),
  );
  const subnet = '<subnetSet><item><state>there</state></item></subnetSet>';
  const subnets = `<DescribeSubnetsResponse>${subnet}</DescribeSubnetsResponse>`;
  expect(faultsIn({ ...asked, action: 'DescribeSubnets', body: subnets })).toEqual([
    'DescribeSubnets gives DescribeSubnets.subnetSet[].state “there”',
  ]);
  const error = '<Response><Errors><Error><Code>x</Code></Error></Errors></Response>';
  expect(faultsIn({ ...asked, status: 400, body: error })).toHaveLength(1);
  expect(faultsIn({ ...asked, action: 'DescribeNothing', body: '<a/>' })).toHaveLength(1);
});

import { describe, expect, it } from 'vitest';
import { rolesFor } from '../../src/cli/roles.ts';
import { rolesOfTemplate } from '../../src/config/role-template.ts';

const ABOUT = { id: '123456789012', partition: 'aws-cn' };
const GIVEN = {
  Principal: 'arn:aws-cn:iam::111122223333:role/drawbridge',
  ExternalId: 'sixteen-letters-x',
  Installation: 'prod',
};
const TEXT = rolesFor('aws').text ?? '';
const policiesWith = (more: Readonly<Record<string, string>>) =>
  rolesOfTemplate(TEXT, { ...GIVEN, ...more }, ABOUT).roles.map(({ name, policies }) => [name, [...policies.keys()]]);

describe('reading the template of AWS’s roles', () => {
  it.each([
    [{}, []],
    [{ Strategy: 'perRequest' }, ['GroupForEachLease']],
    [{ Entitlement: 'iam' }, ['AskWhatPeopleMay']],
    [{ CutSessions: 'a-document' }, ['CutSessionsAtTheEnd']],
    [{ FlowLogs: '/vpc/*' }, ['ReadFlowLogs']],
  ])('gives the operator what %j takes', (more, besides) => {
    expect(policiesWith(more)).toEqual([
      ['drawbridge-operator', ['OpenAndClose', 'ReadEventHistory', ...besides]],
      ['drawbridge-onboarder', ['OpenAndClose', 'Protect', 'CloseStanding']],
    ]);
  });

  it('names the account and its partition, and leaves no function unread', () => {
    const { roles } = rolesOfTemplate(TEXT, { ...GIVEN, CutSessions: 'a-document' }, ABOUT);
    const text = JSON.stringify(roles.map(({ policies, ...role }) => [role, ...policies]));
    expect(text).toContain('arn:aws-cn:ssm:*:123456789012:document/a-document');
    expect(text).not.toMatch(/Fn::|"Ref"|\$\{|null/);
  });

  it.each([
    ['Strategy', 'both', 'dedicated or perRequest'],
    ['Installation', 'PROD', '[a-z0-9]'],
    ['ExternalId', 'secret-1', 'at least 16 characters'],
    ['Principal', '*', 'arn:'],
  ])('refuses what the template does not allow: %s=%s', (name, value, rule) => {
    const read = () => rolesOfTemplate(TEXT, { ...GIVEN, [name]: value }, ABOUT);
    expect(read).toThrow(expect.objectContaining({ code: 'badConfig', hint: expect.stringContaining(rule) }));
    // What is wrong may be a secret.
    expect(read).not.toThrow(expect.objectContaining({ hint: expect.stringContaining(`${value} `) }));
  });

  it.each([
    ['!GetAtt', `{ 'Fn::GetAtt': [Operator, Arn] }`, 'Fn::GetAtt'],
    ['another name', '{ Ref: Elsewhere }', 'Elsewhere'],
    ['another condition', `{ 'Fn::If': [Elsewhere, a, b] }`, 'Elsewhere'],
  ])('refuses what it cannot read: %s', (_, by, named) => {
    const text = TEXT.replace('RoleName: drawbridge-operator', `RoleName: ${by}`);
    expect(() => rolesOfTemplate(text, GIVEN, ABOUT)).toThrow(named);
  });
});

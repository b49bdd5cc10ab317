import { describe, expect, it } from 'vitest';
import { houseRules } from '../../src/config/house.ts';
import { policyVersion } from '../../src/core/policy/version.ts';
import { configOf, SMALL } from '../config/files.ts';

const MORE = 'sources: { vpn: [10.8.0.0/16], office: [198.51.100.0/24] }\n';
const FULL = `    sources: [vpn, office]
    when: machine.tags.env == "prod"
    because: { ticket: "^INC-1$", letters: 5 }
    hours: { from: "07:00", to: "20:00", outside: { stages: [{ anyOf: [manager] }] } }
${MORE}`;
const versionOf = (more: string, part = '', by = '') => {
  const { policies } = houseRules(configOf((SMALL + more).replace(part, () => by)));
  return policyVersion(policies);
};

describe('the version of policies', () => {
  it('is the same for what says the same', () => {
    const version = versionOf(FULL);
    expect(version).toMatch(/^[0-9a-f]{8}$/);
    expect(versionOf(FULL)).toBe(version);
    expect(versionOf(FULL, '[vpn, office]', '[office, vpn]')).toBe(version);
    expect(
      versionOf(
        FULL,
        '    who: [group:engineers]\n    machines: { names: ["*"] }',
        '    machines: { names: ["*"] }\n    who: [group:engineers]',
      ),
    ).toBe(version);
    expect(policyVersion([])).toBeUndefined();
  });

  it.each([
    ['[group:engineers]', '[group:engineers, person:ada]'],
    ['["*"]', '["web-*"]'],
    ['[ssh]', '[ssh, rdp]'],
    ['[person:grace]', '[manager]'],
    ['10.8.0.0/16', '10.9.0.0/16'],
    ['"prod"', '"dev"'],
    ['INC-1', 'INC-2'],
    ['"07:00"', '"08:00"'],
    ['{ anyOf: [manager] }', '{ allOf: [manager, person:grace] }'],
    ['name: one', 'name: two'],
  ])('is another one with %s as %s', (part, by) => {
    expect(versionOf(FULL, part, by)).not.toBe(versionOf(FULL));
  });

  it('keeps the order of stages', () => {
    const staged = (stages: string) => versionOf('', 'approvers: [person:grace]', `stages: [${stages}]`);
    expect(staged('{ anyOf: [manager] }, { anyOf: [person:grace] }')).not.toBe(
      staged('{ anyOf: [person:grace] }, { anyOf: [manager] }'),
    );
    expect(staged('{ anyOf: [manager, person:grace] }')).toBe(staged('{ anyOf: [person:grace, manager] }'));
  });
});

import { describe, expect, it } from 'vitest';
import { withBuiltInSources } from '../../src/config/built-in-sources.ts';
import { houseRules } from '../../src/config/house.ts';
import { readConfig } from '../../src/config/load.ts';
import { broken, configOf, faultsOf, SMALL } from './files.ts';

const GOOGLE = `gcp: { projects: [my-project] }\n${SMALL}`;
const THROUGH = broken(['    approvers:', '    sources: [iap]\n    approvers:']);

describe('the name iap', () => {
  it('stands for the range of Identity-Aware Proxy where there is Google Cloud, and warns of nothing', () => {
    const read = readConfig(GOOGLE);
    expect('config' in read ? read.warnings : read.faults).toEqual([]);
    expect(houseRules(configOf(GOOGLE)).sources.get('iap')).toEqual(['35.235.240.0/20']);
  });

  it('is allowed by a policy that lists it', () => {
    const [policy] = houseRules(configOf(`gcp: { projects: [my-project] }\n${THROUGH}`)).policies;
    expect(policy?.sources).toEqual([{ source: '35.235.240.0/20', sourceName: 'iap' }]);
  });

  it('stands for nothing without Google Cloud', () => {
    expect(houseRules(configOf(SMALL)).sources.has('iap')).toBe(false);
    expect(faultsOf(THROUGH).join()).toContain('policies[0].sources[0]');
  });

  it('is what the file says where it says something else', () => {
    const own = `sources: { iap: [203.0.113.0/24] }\n${GOOGLE}`;
    expect(houseRules(configOf(own)).sources.get('iap')).toEqual(['203.0.113.0/24']);
  });

  it.each([[undefined], ['text'], [[]], [{ gcp: true }], [{ gcp: {}, sources: [] }]])('leaves %j as it is', (value) => {
    expect(withBuiltInSources(value)).toBe(value);
  });
});

import { describe, expect, it } from 'vitest';
import { type AwsFacts, type AzureFacts, assess } from '../../src/core/machine/assessment.ts';
import { MANAGEMENT_PORTS } from '../../src/core/rule/port.ts';
import type { StandingRule } from '../../src/core/rule/rule.ts';
import { RDP, SSH } from './samples.ts';

const way = (port: StandingRule['port'], source: string, through: string): StandingRule => ({ port, source, through });
const ssh = way(SSH, '198.51.100.0/24', 'allow-ssh');
const dnat = way(SSH, '*', 'dnat-ssh');
const shut = { name: 'fw-hub', allows: [] };
const leaky = { name: 'fw-hub', allows: [dnat] };

/** The questions of Microsoft's diagram, in its order; a dash is a question that is not reached. */
const azure: readonly (readonly [string, Partial<AzureFacts>, string, string, readonly string[]])[] = [
  ['protected: yes', { isProtected: true }, 'healthy', 'configured', ['It is protected.']],
  [
    'protected: yes, and all the rest against it',
    { isProtected: true, hasGroup: true, groupAllows: [ssh], firewall: leaky },
    'healthy',
    'configured',
    ['It is protected.'],
  ],
  [
    'protected: no; group: no; firewall: no',
    {},
    'notApplicable',
    'unsupported',
    ['It has no network security group and no firewall in front of it.'],
  ],
  [
    'protected: no; group: no; firewall: yes; firewall allows: no',
    { firewall: shut },
    'healthy',
    'notConfigured',
    ['The firewall fw-hub lets no management port through.'],
  ],
  [
    'protected: no; group: no; firewall: yes; firewall allows: yes',
    { firewall: leaky },
    'unhealthy',
    'notConfigured',
    ['22 is open to * through dnat-ssh.'],
  ],
  [
    'protected: no; group: yes; group allows: no',
    { hasGroup: true },
    'healthy',
    'notConfigured',
    ['Its network security groups allow no management port.'],
  ],
  [
    'protected: no; group: yes; group allows: no; the firewall is not asked about',
    { hasGroup: true, firewall: leaky },
    'healthy',
    'notConfigured',
    ['Its network security groups allow no management port.'],
  ],
  [
    'protected: no; group: yes; group allows: yes; firewall: no',
    { hasGroup: true, groupAllows: [ssh] },
    'unhealthy',
    'notConfigured',
    ['22 is open to 198.51.100.0/24 through allow-ssh.'],
  ],
  [
    'protected: no; group: yes; group allows: yes; firewall: yes; firewall allows: no',
    { hasGroup: true, groupAllows: [ssh], firewall: shut },
    'healthy',
    'notConfigured',
    ['The firewall fw-hub lets no management port through.'],
  ],
  [
    'protected: no; group: yes; group allows: yes; firewall: yes; firewall allows: yes',
    { hasGroup: true, groupAllows: [ssh], firewall: leaky },
    'unhealthy',
    'notConfigured',
    ['22 is open to * through dnat-ssh.', '22 is open to 198.51.100.0/24 through allow-ssh.'],
  ],
];

describe('Microsoft’s decision for Azure', () => {
  it.each(azure)('%s', (_, facts, verdict, tab, reasons) => {
    const none = { cloud: 'azure', isProtected: false, hasGroup: false, groupAllows: [] } as const;
    expect(assess({ ...none, ...facts })).toEqual({ verdict, tab, reasons });
  });

  it('calls a protected machine healthy, and says what keeps it open all the same', () => {
    const facts = { isProtected: true, hasGroup: true, groupAllows: [ssh], standing: [ssh] };
    const { verdict, stillOpen } = assess({ cloud: 'azure', ...facts });
    expect([verdict, stillOpen]).toEqual(['healthy', ['22 is open to 198.51.100.0/24 through allow-ssh.']]);
  });

  it('tells of a rule once, whatever number of ports it opens', () => {
    const groupAllows = MANAGEMENT_PORTS.map((port) => way(port, 'Internet', 'allow-all'));
    const { reasons } = assess({ cloud: 'azure', isProtected: false, hasGroup: true, groupAllows });
    expect(reasons).toEqual(['22, 3389, 5985, 5986 are open to Internet through allow-all.']);
  });
});

const aws: readonly (readonly [string, Partial<AwsFacts>, string, string, readonly string[]])[] = [
  ['protected: yes', { isProtected: true }, 'healthy', 'configured', ['It is protected.']],
  [
    'protected: no; open to any address: no rule at all',
    {},
    'healthy',
    'notConfigured',
    ['Its security groups open no management port to any address.'],
  ],
  [
    'protected: no; open to any address: no, to an office, a prefix list and a group',
    { groupAllows: ['198.51.100.0/24', 'pl-0123', 'sg-0123'].map((source) => way(SSH, source, 'office')) },
    'healthy',
    'notConfigured',
    ['Its security groups open no management port to any address.'],
  ],
  [
    'protected: no; open to any address: yes, IPv4',
    { groupAllows: [way(SSH, '198.51.100.0/24', 'office'), way(RDP, '0.0.0.0/0', 'wizard')] },
    'unhealthy',
    'notConfigured',
    ['3389 is open to 0.0.0.0/0 through wizard.'],
  ],
  [
    'protected: no; open to any address: yes, IPv6',
    { groupAllows: [way(SSH, '::/0', 'wizard')] },
    'unhealthy',
    'notConfigured',
    ['22 is open to ::/0 through wizard.'],
  ],
];

describe('Microsoft’s decision for AWS', () => {
  it.each(aws)('%s', (_, facts, verdict, tab, reasons) => {
    expect(assess({ cloud: 'aws', isProtected: false, groupAllows: [], ...facts })).toEqual({ verdict, tab, reasons });
  });

  it('calls a protected machine healthy, and says what keeps it open all the same', () => {
    const standing = [way(SSH, '0.0.0.0/0', 'wizard')];
    const facts = { isProtected: true, groupAllows: standing, standing };
    const { verdict, tab, stillOpen } = assess({ cloud: 'aws', ...facts });
    expect([verdict, tab, stillOpen]).toEqual(['healthy', 'configured', ['22 is open to 0.0.0.0/0 through wizard.']]);
  });

  it('calls half of the Internet what it is', () => {
    const groupAllows = ['0.0.0.0/1', '128.0.0.0/1'].map((source) => way(SSH, source, 'wizard'));
    expect(assess({ cloud: 'aws', isProtected: false, groupAllows })).toMatchObject({
      verdict: 'unhealthy',
      reasons: ['22 is open to 0.0.0.0/1 through wizard.', '22 is open to 128.0.0.0/1 through wizard.'],
    });
  });

  it('tells a protected machine that is open to groups and networks from one that is open to everybody', () => {
    const group = { ...way(SSH, 'sg-0a1b2c3d', 'default'), sourceName: 'bastion' };
    const few = [way(SSH, '198.51.100.0/24', 'office'), group];
    const look = (...standing: readonly StandingRule[]) =>
      assess({ cloud: 'aws', isProtected: true, groupAllows: standing, standing });
    expect(look(...few)).toMatchObject({
      opensToFew: true,
      stillOpen: [
        '22 is open to 198.51.100.0/24 through office.',
        '22 is open to security group bastion (sg-0a1b2c3d) through default.',
      ],
    });
    for (const wide of ['0.0.0.0/0', '128.0.0.0/1', 'pl-0123'])
      expect(look(...few, way(RDP, wide, 'wizard'))).not.toHaveProperty('opensToFew');
    expect(look()).not.toHaveProperty('opensToFew');
  });
});

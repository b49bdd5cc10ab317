import { describe, expect, it } from 'vitest';
import { broken, faultsOf, SMALL } from './files.ts';

describe('what is no setting, no name, or of the wrong kind is told once, with the nearest that is one', () => {
  it.each<[string, string, readonly string[]]>([
    // Names, twice and none
    [
      'a setting twice',
      broken(['    tell', '    ports: [rdp]\n    tell']),
      ['policies[0].ports: is set twice, first in line 11 (line 13)'],
    ],
    [
      'a section twice',
      `${SMALL}places: { ops: { slack: C1 } }\n`,
      ['places: is set twice, first in line 6 (line 14)'],
    ],
    [
      'a group twice',
      broken(['{ engineers: [ada] }', '{ engineers: [ada], engineers: [grace] }']),
      ['groups.engineers: is set twice, first in line 5 (line 5)'],
    ],
    [
      'a setting twice, and another fault',
      broken(['    tell', '    ports: [rdp]\n    tel']),
      [
        'policies[0].ports: is set twice, first in line 11 (line 13)',
        'policies[0].tel: is not a setting here; did you mean tell? (line 14)',
      ],
    ],
    // Of another form
    [
      'a word for a list',
      broken(['[group:engineers]', 'group:engineers']),
      ['policies[0].who: must be a list; did you mean [group:engineers]? (line 9)'],
    ],
    [
      'a number for a list',
      broken(['[group:engineers]', '5']),
      ['policies[0].who: must be a list; did you mean [5]? (line 9)'],
    ],
    [
      'a sentence for a list',
      broken(['[group:engineers]', '"all, but Sam"']),
      ['policies[0].who: must be a list (line 9)'],
    ],
    [
      'settings for a list of them',
      broken(['  - name: one', '    name: one']),
      ['policies: must be a list; begin each of its entries with a dash and a space (line 7)'],
    ],
    [
      'nothing for a list',
      broken(['[group:engineers]', '']),
      ['policies[0].who: is empty, and must be a list (line 9)'],
    ],
    [
      'a number for a section',
      broken(['    tell', '    widestSource: 32\n    tell']),
      ['policies[0].widestSource: must be a section with settings such as ipv4, ipv6 (line 13)'],
    ],
    [
      'a number for the value of a tag',
      broken(['{ names: ["*"] }', '{ tags: { tier: 0 } }']),
      ['policies[0].machines.tags.tier: must be a text or a list of texts (quote what looks like a number) (line 10)'],
    ],
    // What follows from it is not said
    [
      'mistyped, what takes the place of something else',
      broken(['approvers: [person:grace]', 'stagse: [{ anyOf: [person:grace] }]']),
      ['policies[0].stagse: is not a setting here; did you mean stages? (line 12)'],
    ],
    [
      'wrong, what something beside it needs',
      broken(['approvers: [person:grace]', 'stages: [{ anyOf: [person:grace], answerIn: soon, then: [person:ada] }]']),
      ['policies[0].stages[0].answerIn: must be a duration such as 45m, 2h, or 1h30m (line 12)'],
    ],
    ['broken as a whole', '{"installation": "x",', ['drawbridge.yaml: a bracket is not closed: } is missing (line 1)']],
    ['no name', `${SMALL}: 5\n`, ['drawbridge.yaml: has a name that is no text (line 14)']],
    [
      'a list as a name',
      broken(['groups: {', 'groups: { ? [a] : [ada],']),
      ['groups: has a name that is no text (line 5)'],
    ],
    ['a number as a name', broken(['{ engineers: [ada] }', '{ 5: [ada] }'], ['group:engineers', 'group:5']), []],
    [
      'a name in capitals',
      broken(['{ engineers: [ada] }', '{ engineers: [ada], Eng: [ada] }']),
      ['groups.Eng: its name must be at most 40 lowercase letters, digits, and dashes (line 5)'],
    ],
    [
      'merging',
      broken(['    tell: [ops]', '    <<: { tell: [ops] }']),
      ['policies[0]: merging (<<) is not read here; write the settings out (line 13)'],
    ],
    [
      'an anchor',
      broken(
        ['who: [group:engineers]', 'who: &all [group:engineers]'],
        ['approvers: [person:grace]', 'approvers: *all'],
      ),
      [],
    ],
    [
      'a name of nothing',
      broken(['who: [group:engineers]', 'who: &all [group:engineers]'], ['[person:grace]', '*al']),
      ['drawbridge.yaml: *al stands for nothing before it; did you mean all? (line 12)'],
    ],
    [
      'an anchor in itself',
      broken(['{ engineers: [ada] }', '&x { engineers: *x }']),
      ['groups.engineers: must be a list; begin each of its entries with a dash and a space (line 5)'],
    ],
    [
      'anchors that stand for too much',
      broken(
        ['[ada]', `&a [${'ada,'.repeat(9)}]`],
        ['tell: [ops]', `tell: &b [${'*a,'.repeat(99)}]\n    x: [${'*b,'.repeat(99)}]`],
      ),
      ['drawbridge.yaml: its aliases (*name) stand for too much; write it out'],
    ],
    [
      'a tag',
      broken(['test', '!secret test']),
      ['drawbridge.yaml: has a YAML tag (!…), which means nothing here (line 1)'],
    ],
    // The nearest
    [
      'a section mistyped',
      broken(['groups:', 'grups:']),
      ['grups: is not a setting here; did you mean groups? (line 5)'],
    ],
    [
      'a section mistyped that is needed',
      broken(['policies:', 'polices:']),
      ['polices: is not a setting here; did you mean policies? (line 7)'],
    ],
    [
      'a setting mistyped',
      broken(['approvers', 'aprovers']),
      ['policies[0].aprovers: is not a setting here; did you mean approvers? (line 12)'],
    ],
    [
      'a setting in another place',
      broken(['places:', 'longest: 2h\nplaces:']),
      ['longest: is not a setting here; it is one of `protections[]` or `policies[]` (line 6)'],
    ],
    [
      'a setting that there is nowhere',
      broken(['places:', 'colour: red\nplaces:']),
      ['colour: is not a setting here (line 6)'],
    ],
    [
      'a person without their kind',
      broken(['[person:grace]', '[grace]']),
      [
        'policies[0].approvers[0]: must be manager, managersManager, person:<id>, group:<name>, entra:<group>, slack:<group>, idc:<group>, owner:<tag>, or onCall:<schedule>; did you mean person:grace? (line 12)',
      ],
    ],
    [
      'a kind mistyped',
      broken(['[group:engineers]', '[grup:engineers]']),
      [
        'policies[0].who[0]: must be person:<id>, group:<name>, entra:<group>, slack:<group>, idc:<group>, or an attribute such as department:<name>; did you mean group:engineers? (line 9)',
      ],
    ],
    [
      'a member without its kind',
      broken(['{ engineers: [ada] }', '{ engineers: [ada], all: ["group engineers"] }']),
      [
        'groups.all[0]: must be the ID of a person, or a group: group:<name>, entra:<group>, slack:<group>, or idc:<group>; did you mean group:engineers? (line 5)',
      ],
    ],
    [
      'one of few',
      broken(['appId: A1', 'appId: A1, mode: sokcet, appToken: env:C']),
      ['slack.mode: must be http or socket; did you mean socket? (line 2)'],
    ],
    [
      'a zone',
      broken(['policies:', 'digest: { at: "09:00", zone: Europe/Berln, tell: [ops] }\npolicies:']),
      ['digest.zone: must be a time zone such as Europe/Berlin; did you mean Europe/Berlin? (line 7)'],
    ],
    [
      'a source',
      broken(['    tell', '    sources: [vpm]\n    tell'], ['places:', 'sources: { vpn: [10.0.0.0/8] }\nplaces:']),
      ['policies[0].sources[0]: no source is called vpm, and it is no address or prefix; did you mean vpn? (line 14)'],
    ],
    [
      'a place of a protection',
      `${SMALL}protections: [{ name: p, machines: { names: ["*"] }, ports: [ssh], standing: lockdown, ask: [opps] }]\n`,
      ['protections[0].ask[0]: no place is called opps; did you mean ops? (line 14)'],
    ],
    [
      'an account',
      broken(['{ names: ["*"] }', '{ account: "123456789021" }']),
      [
        'policies[0].machines.account: no account with the ID 123456789021 is configured; did you mean 123456789012? (line 10)',
      ],
    ],
    [
      'the account of Identity Center',
      broken([
        'regions: [eu-west-1] }] }',
        'regions: [eu-west-1] }], entitlement: "ec2:x", identityCenter: { instanceArn: "arn:aws:sso:::instance/ssoins-1", identityStoreId: d-1, region: eu-west-1, account: "123456789021" } }',
      ]),
      [
        'aws.identityCenter.account: no account with the ID 123456789021 is configured; did you mean 123456789012? (line 3)',
      ],
    ],
    // The wrong kind
    ['a list as a file', '- 1\n', ['drawbridge.yaml: must be a section with settings such as installation, policies']],
    [
      'a text as a file',
      'hello\n',
      ['drawbridge.yaml: must be a section with settings such as installation, policies'],
    ],
    [
      'comments alone',
      '# nothing\n',
      ['drawbridge.yaml: is empty, and must be a section with settings such as installation, policies'],
    ],
    [
      'a section that is a number',
      broken(['groups: { engineers: [ada] }', 'groups: 5']),
      ['groups: must be a section with names (line 5)'],
    ],
    [
      'a section that is a list',
      broken(['places: { ops: { slack: C1 } }', 'places: [C1]']),
      ['places: must be a section with names (line 6)'],
    ],
    [
      'a chat that is a text',
      broken(['slack: { botToken: env:A, signingSecret: env:B, teamId: T1, appId: A1 }', 'slack: xoxb']),
      ['slack: must be a section with settings such as botToken, teamId, appId (line 2)'],
    ],
    [
      'a time that is a number',
      broken(['    tell', '    longest: 4\n    tell']),
      ['policies[0].longest: must be a duration such as 45m, 2h, or 1h30m (line 13)'],
    ],
    [
      'an hour that is a number',
      broken(['policies:', 'digest: { at: 9, tell: [ops] }\npolicies:']),
      ['digest.at: must be a time such as "09:00" (line 7)'],
    ],
    [
      'yes',
      broken(['    tell', '    anySource: yes\n    tell']),
      ['policies[0].anySource: must be true or false (line 13)'],
    ],
  ])('%s', (_, text, faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });
});

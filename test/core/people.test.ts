import { describe, expect, it } from 'vitest';
import { isMeant, managerOf, type Person, type Subject } from '../../src/core/people/person.ts';

const ADA: Person = {
  id: 'ada',
  name: 'Ada',
  manager: 'bob',
  above: ['cleo'],
  groups: ['ops', 'entra:sre', 'slack:@platform'],
  attributes: { department: 'Engineering' },
};
const other = (id: string, more: Partial<Person> = {}): Person => ({ id, name: id, groups: [], ...more });

describe('who is meant', () => {
  it.each<[Subject, boolean]>([
    ['person:ada', true],
    ['person:bob', false],
    ['group:ops', true],
    ['group:sre', false],
    ['entra:sre', true],
    ['entra:ops', false],
    ['slack:@platform', true],
    ['slack:sre', false],
    ['department:engineering', true],
    ['department:Sales', false],
    // Nobody knows it: it lets nobody in.
    ['jobTitle:Engineer', false],
    ['manager', false],
  ])('%s means Ada: %s', (subject, isHer) => {
    expect(isMeant(ADA, [subject])).toBe(isHer);
  });

  it('means the managers of the requester, and theirs', () => {
    expect(isMeant(other('bob'), ['manager'], ADA)).toBe(true);
    expect(isMeant(other('cleo'), ['manager'], ADA)).toBe(false);
    expect(isMeant(other('cleo'), ['managersManager'], ADA)).toBe(true);
    expect(isMeant(other('bob'), ['managersManager'], ADA)).toBe(false);
    expect(isMeant(other('bob'), ['manager', 'managersManager'], other('sam'))).toBe(false);
  });

  it('means nobody in a circle with the requester', () => {
    const circle = { ...ADA, above: ['ada'] };
    expect(managerOf(circle, 'manager')).toBeUndefined();
    expect(isMeant(other('bob'), ['manager'], circle)).toBe(false);
    expect(isMeant(circle, ['managersManager'], circle)).toBe(false);
  });

  it('never means somebody who is disabled', () => {
    const gone = { ...ADA, disabled: true };
    expect(isMeant(gone, ['person:ada', 'group:ops', 'entra:sre', 'department:Engineering'])).toBe(false);
    expect(isMeant(other('bob', { disabled: true }), ['manager'], ADA)).toBe(false);
  });
});

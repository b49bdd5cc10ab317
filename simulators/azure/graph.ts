import { people, type SimPerson } from '../world.ts';
import { Refusal } from './errors.ts';
import type { Call, Route } from './route.ts';

const everyone: readonly SimPerson[] = Object.values(people);
const managed: readonly SimPerson[] = [people.requester, people.colleague];

const absent = (what: string): Refusal =>
  new Refusal(
    404,
    'Request_ResourceNotFound',
    `Resource '${what}' does not exist or one of its queried reference-property objects are not present.`,
  );

/** The person that `{id}` names, by object id or user principal name. */
function find(call: Call): SimPerson {
  const wanted = decodeURIComponent(call.param('id')).toLowerCase();
  const person = everyone.find((p) => p.entraId.toLowerCase() === wanted || p.email.toLowerCase() === wanted);
  if (!person) throw absent(wanted);
  return person;
}

function wire(person: SimPerson, call: Call, context: string) {
  const all: Readonly<Record<string, string>> = {
    id: person.entraId,
    displayName: person.name,
    jobTitle: person.title,
    mail: person.email,
    userPrincipalName: person.email,
  };
  const wanted = call.query.get('$select')?.split(',') ?? Object.keys(all);
  const unknown = wanted.find((name) => !(name in all));
  if (unknown !== undefined) {
    const message = `Could not find a property named '${unknown}' on type 'microsoft.graph.user'.`;
    throw new Refusal(400, 'BadRequest', message);
  }
  return { '@odata.context': context, ...Object.fromEntries(wanted.map((name) => [name, all[name]])) };
}

/** The little of Microsoft Graph v1.0 that says who a person is and who their manager is. */
export function graphRoutes(origin: () => string): readonly Route[] {
  const context = (what: string) => `${origin()}/graph/v1.0/$metadata#${what}/$entity`;
  return [
    {
      operation: 'Users_Get',
      area: 'graph',
      method: 'GET',
      path: '/graph/v1.0/users/{id}',
      query: ['$select'],
      handle: (call) => ({ status: 200, body: wire(find(call), call, context('users')) }),
    },
    {
      operation: 'Users_GetManager',
      area: 'graph',
      method: 'GET',
      path: '/graph/v1.0/users/{id}/manager',
      query: ['$select'],
      handle: (call) => {
        if (!managed.includes(find(call))) throw absent('manager');
        return { status: 200, body: wire(people.manager, call, context('directoryObjects')) };
      },
    },
  ];
}

import type { Fault } from './fault.ts';
import { twice } from './fault.ts';
import type { Known } from './lenient.ts';
import { stringsIn } from './people-faults.ts';

const WHERE = 'is a service: it may stand under who of policies, and nowhere else';

/** A service is told apart from everybody, can prove who it is, and is named where somebody requests: never where somebody decides. */
export function serviceFaults(config: Known): readonly Fault[] {
  const { api, people = [], groups = {} } = config;
  const services = api?.services ?? [];
  const at = ['api', 'services'];
  const ids = services.flatMap((one) => one?.id ?? []);
  const { api: _, ...rest } = config;
  const peoples = [api?.clientId, api?.deviceClientId].map((id) => id?.toLowerCase());
  const isPeoples = (id: string | undefined) => id !== undefined && peoples.includes(id.toLowerCase());
  const isAsker = (path: Fault['path']) => path[0] === 'policies' && path[2] === 'who';
  return [
    ...twice(
      services.map((one) => one?.id),
      at,
      'id',
    ),
    ...twice(
      services.map((one) => one?.clientId?.toLowerCase()),
      at,
      'clientId',
    ),
    ...services.flatMap((one, i): Fault[] => [
      ...(people.some((person) => person?.id === one?.id)
        ? [{ path: [...at, i, 'id'], message: 'is the ID of a person' }]
        : []),
      ...(one && one.keys?.length === 0 && one.clientId === undefined
        ? [{ path: [...at, i], message: 'needs keys, from `jit token new`, or clientId' }]
        : []),
      ...(isPeoples(one?.clientId)
        ? [{ path: [...at, i, 'clientId'], message: 'must be an app registration of its own' }]
        : []),
      ...(ids.includes(one?.owner ?? '') ? [{ path: [...at, i, 'owner'], message: 'must be a person' }] : []),
    ]),
    ...Object.entries(groups).flatMap(([group, members = []]) =>
      members.flatMap((id, i) => (ids.includes(id ?? '') ? [{ path: ['groups', group, i], message: WHERE }] : [])),
    ),
    ...people.flatMap((person, i) =>
      ids.includes(person?.manager ?? '') ? [{ path: ['people', i, 'manager'], message: WHERE }] : [],
    ),
    ...stringsIn(rest).flatMap(({ path, text }) =>
      ids.some((id) => text === `person:${id}`) && !isAsker(path) ? [{ path, message: WHERE }] : [],
    ),
  ];
}

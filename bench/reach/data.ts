import type { InstanceInterface } from '../../adapters/aws/index.ts';

type Groups = InstanceInterface['groups'];
type Acl = Extract<InstanceInterface['acl'], { readonly is: unknown }>['is'];

/** The same numbers at each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const PORTS = [22, 80, 443, 3389, 5985] as const;

/** So many interfaces as accounts have them: a few groups with a few rules each, a network ACL, routes, a public address. */
export function interfacesFor(count: number): readonly InstanceInterface[] {
  const some = numbers(3);
  return Array.from(
    { length: count },
    (_, n): InstanceInterface => ({
      id: `eni-${n}`,
      addresses: [
        {
          address: `10.0.${Math.floor(n / 250) % 250}.${n % 250}`,
          family: 'ipv4',
          publicAddress: `198.51.${Math.floor(n / 250) % 250}.${n % 250}`,
        },
      ],
      groups: groupsFor(some, n),
      acl: { is: aclFor(some, n) },
      routes: {
        is: [
          { destination: '10.0.0.0/16', target: 'local', isDead: false },
          { destination: '0.0.0.0/0', target: 'igw-1', isDead: false },
        ],
      },
      subnet: ['10.0.0.0/24'],
      vpc: ['10.0.0.0/16'],
      publicAccess: { is: 'on' },
      edge: { is: [] },
      deniesGateway: { is: false },
    }),
  );
}

function groupsFor(some: (below: number) => number, n: number): Groups {
  return Array.from({ length: 1 + some(4) }, (_, g) => ({
    is: {
      id: `sg-${n}-${g}`,
      name: `group-${g}`,
      rules: Array.from({ length: 1 + some(6) }, (_, r) => {
        const from = PORTS[some(PORTS.length)] ?? 22;
        const cidr = some(5) === 0 ? '0.0.0.0/0' : `203.0.${some(250)}.0/24`;
        return { id: `sgr-${n}-${g}-${r}`, protocol: 'tcp', from, to: from + some(3), source: { cidr } };
      }),
    },
  }));
}

/** Up to three entries before the one that lets all in, as the default ACL has it. */
function aclFor(some: (below: number) => number, n: number): Acl {
  const denied = Array.from({ length: some(4) }, (_, i) => {
    const from = PORTS[some(PORTS.length)] ?? 22;
    return { number: 10 + i, allows: some(3) === 0, protocol: '6', cidr: '0.0.0.0/0', from, to: from };
  });
  const all = { allows: true, protocol: '-1', cidr: '0.0.0.0/0' };
  return { id: `acl-${n}`, inbound: [...denied, { number: 100, ...all }], outbound: [{ number: 100, ...all }] };
}

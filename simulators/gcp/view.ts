import type { Firewall, Instance, Operation } from './model.ts';

/** How resources look in answers. URLs are absolute, as Compute Engine gives them. */
export interface Views {
  firewall(rule: Firewall): unknown;
  instance(one: Instance): unknown;
  operation(one: Operation, now: number): unknown;
}

const HOST = 'https://www.googleapis.com/compute/v1';

export function viewsOf(project: string): Views {
  const base = `${HOST}/projects/${project}`;
  const networkUrl = (name: string) => `${base}/global/networks/${name}`;
  return {
    firewall: ({ network, ...rule }) => ({
      kind: 'compute#firewall',
      ...rule,
      disabled: rule.disabled ?? false,
      network: networkUrl(network),
      selfLink: `${base}/global/firewalls/${rule.name}`,
    }),
    instance: (one) => ({
      kind: 'compute#instance',
      id: one.id,
      name: one.name,
      zone: `${base}/zones/${one.zone}`,
      status: one.status,
      labels: one.labels ?? {},
      tags: { items: [...(one.tags ?? [])], fingerprint: 'Zm9v' },
      ...(one.serviceAccount === undefined ? {} : { serviceAccounts: [{ email: one.serviceAccount }] }),
      networkInterfaces: [
        {
          name: 'nic0',
          network: networkUrl(one.network),
          networkIP: one.address,
          ...(one.aliases === undefined ? {} : { aliasIpRanges: one.aliases.map((ipCidrRange) => ({ ipCidrRange })) }),
          // An ephemeral address is there while the machine runs.
          accessConfigs:
            one.external === undefined
              ? undefined
              : [{ type: 'ONE_TO_ONE_NAT', ...(one.status === 'RUNNING' ? { natIP: one.external } : {}) }],
          stackType: one.ipv6 === undefined ? 'IPV4_ONLY' : 'IPV4_IPV6',
          ...(one.ipv6 === undefined
            ? {}
            : { ipv6AccessConfigs: [{ type: 'DIRECT_IPV6', externalIpv6: one.ipv6, externalIpv6PrefixLength: 96 }] }),
        },
      ],
    }),
    operation: ({ name, operationType, target, startsAt, done, error }, now) => ({
      kind: 'compute#operation',
      name,
      operationType,
      targetLink: `${base}/global/firewalls/${target}`,
      status: done ? 'DONE' : now < startsAt ? 'PENDING' : 'RUNNING',
      progress: done ? 100 : 0,
      ...(done && error
        ? {
            error: { errors: [{ code: error.code, message: error.message }] },
            httpErrorStatusCode: error.status,
            httpErrorMessage: error.message,
          }
        : {}),
    }),
  };
}

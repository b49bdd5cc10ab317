/** Resources as Compute Engine's REST API gives them, as far as Drawbridge meets them (Compute Engine API v1 reference). */
export interface Layer4 {
  readonly IPProtocol: string;
  readonly ports?: readonly string[];
}

/** `compute#firewall`. */
export interface Firewall {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly network: string;
  readonly direction: 'INGRESS' | 'EGRESS';
  readonly priority: number;
  readonly allowed?: readonly Layer4[];
  readonly denied?: readonly Layer4[];
  readonly sourceRanges?: readonly string[];
  readonly destinationRanges?: readonly string[];
  readonly sourceTags?: readonly string[];
  readonly targetTags?: readonly string[];
  readonly sourceServiceAccounts?: readonly string[];
  readonly targetServiceAccounts?: readonly string[];
  readonly disabled?: boolean;
}

/** A rule of a firewall policy. */
export interface PolicyRule {
  readonly priority: number;
  readonly ruleName?: string;
  readonly action: 'allow' | 'deny' | 'goto_next' | 'apply_security_profile_group';
  readonly direction: 'INGRESS' | 'EGRESS';
  readonly disabled?: boolean;
  readonly match: {
    readonly srcIpRanges?: readonly string[];
    readonly destIpRanges?: readonly string[];
    readonly srcFqdns?: readonly string[];
    readonly srcAddressGroups?: readonly string[];
    readonly srcSecureTags?: readonly { readonly name: string }[];
    readonly srcRegionCodes?: readonly string[];
    readonly layer4Configs: readonly { readonly ipProtocol: string; readonly ports?: readonly string[] }[];
  };
}

/** An entry of `firewallPolicys` (spelt so) of getEffectiveFirewalls. */
export interface Policy {
  readonly name: string;
  readonly shortName?: string;
  readonly type: 'HIERARCHY' | 'NETWORK' | 'NETWORK_REGIONAL' | 'SYSTEM_GLOBAL' | 'SYSTEM_REGIONAL';
  /** Of its association; hierarchical ones have none. */
  readonly priority?: number;
  readonly rules: readonly PolicyRule[];
}

export interface Network {
  readonly name: string;
  readonly order?: 'AFTER_CLASSIC_FIREWALL' | 'BEFORE_CLASSIC_FIREWALL';
  readonly policies?: readonly Policy[];
}

export interface InstanceSpec {
  readonly name: string;
  readonly address: string;
  readonly external?: string;
  readonly ipv6?: string;
  /** `10.8.0.0/28` ("Alias IP ranges"). */
  readonly aliases?: readonly string[];
  readonly network?: string;
  readonly tags?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly serviceAccount?: string;
}

export interface Instance extends InstanceSpec {
  readonly id: string;
  readonly zone: string;
  readonly network: string;
  readonly status: 'RUNNING' | 'TERMINATED';
}

/** `compute#operation`: when its time has come the effect happens. */
export interface Operation {
  readonly name: string;
  readonly operationType: 'insert' | 'patch' | 'delete';
  readonly target: string;
  readonly startsAt: number;
  readonly doneAt: number;
  readonly effect: () => void;
  readonly error?: { readonly code: string; readonly message: string; readonly status: number };
  done: boolean;
}

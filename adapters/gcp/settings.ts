export interface GcpSettings {
  /** IDs of the projects whose machines, or whose networks (host projects of a Shared VPC), are served. */
  readonly projects: readonly string[];
  /** Priority of the rules that open; deny rules of others with the same or a smaller number stay stronger. */
  readonly priority: number;
  /** Credentials of google-auth-library; without it its default chain: environment, gcloud, metadata server. */
  readonly credentialsFile?: string;
  /** Compute Engine and Resource Manager somewhere else. */
  readonly endpoint?: string;
}

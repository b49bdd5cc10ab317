interface Zoned {
  readonly zone?: string;
}

/** The zone in which times are that somebody says: what the directory has of them, else what their chat says. */
export function zoneOf({ zone }: Zoned, sender: Zoned): string {
  return zone ?? sender.zone ?? 'UTC';
}

import { hostname, userInfo } from 'node:os';
import type { CommandLine } from '../core/audit/entry.ts';

/** Who typed the command, as far as the system knows. A container may run under a number that has no name. */
export function commandLine(): CommandLine {
  return { user: userName(), host: hostname() };
}

function userName(): string {
  const name = loginName();
  // Who became root by sudo is who did it.
  const { SUDO_USER } = process.env;
  return SUDO_USER ? `${SUDO_USER} as ${name}` : name;
}

function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

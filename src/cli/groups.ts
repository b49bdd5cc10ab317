import type { Command } from 'commander';

/** How `jit --help` sorts its commands: by whom they are for, and what for. Each is in one of these. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  'Set up:': ['init', 'check', 'doctor', 'roles', 'manifest', 'token', 'completion', 'start'],
  'As the operator, what is open:': ['list', 'show', 'revoke', 'close', 'break-glass', 'machines', 'why', 'drill'],
  'Keep ports closed:': ['protect', 'unprotect', 'consent', 'lockdowns', 'restore'],
  'Rules, people, and what was:': ['policy', 'people', 'audit', 'evidence', 'webhooks'],
  'On your own computer:': [
    ...['login', 'logout', 'request', 'status', 'approve', 'deny', 'withdraw', 'extend', 'ssh', 'rdp'],
    ...['explain', 'recommend', 'whoami'],
  ],
};

/** Puts each command under its heading. Throws for one that is under none, or is not there. */
export function groupCommands(program: Command): void {
  const left = new Map(program.commands.map((command) => [command.name(), command]));
  for (const [heading, names] of Object.entries(GROUPS))
    for (const name of names) {
      const command = left.get(name);
      if (!command) throw new Error(`no command is called ${name}`);
      command.helpGroup(heading);
      left.delete(name);
    }
  if (left.size > 0) throw new Error(`under no heading of the help: ${[...left.keys()].join(', ')}`);
}

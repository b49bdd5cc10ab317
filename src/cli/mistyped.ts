import type { Command } from 'commander';

/** `help audit verfy` as `audit verfy`, which says that there is no such command, and the nearest; commander itself says nothing of it. */
export function withoutHelp(program: Command, argv: readonly string[]): readonly string[] {
  const words = argv.slice(2);
  const at = words.indexOf('help');
  const wanted = words[at + 1];
  if (at < 0 || wanted === undefined || wanted.startsWith('-')) return argv;
  let group: Command | undefined = program;
  for (const word of words.slice(0, at)) group = group?.commands.find((one) => one.name() === word);
  if (!group || group.commands.length === 0 || group.commands.some((one) => one.name() === wanted)) return argv;
  return [...argv.slice(0, 2), ...words.toSpliced(at, 1)];
}

/** Refuses words behind a command that has others below it, as one of those that is mistyped. */
export function mustBeAlone(command: Command): void {
  const [word] = command.args;
  if (word === undefined) return;
  // What commander itself does where such a command does nothing alone.
  (command as Command & { unknownCommand(): never }).unknownCommand();
}

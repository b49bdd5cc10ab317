import type { Command } from 'commander';
import { keepForJson } from './output.ts';

/**
 * Commands that know no `--json`, and why. Every other one prints one JSON document with it; docs/commands.md says the same.
 */
export const WITHOUT_JSON: Readonly<Record<string, string>> = {
  start: 'its log is JSON, a line each, on standard error',
  init: 'it asks',
  'break-glass': 'it asks for a signature',
  'audit export': 'it has --format json, a line each',
  'audit about': 'it prints JSON, a line each',
  'audit unseal': 'it prints what it reads, a line each',
  'manifest slack': 'it prints YAML',
  completion: 'it prints what a shell reads',
  login: 'it signs in',
  logout: 'it signs out',
  ssh: 'it connects',
  rdp: 'it connects',
};

/** `audit verify`: the words of a command behind `jit`. */
export function pathOf(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${pathOf(parent)} ${command.name()}` : command.name();
}

/** All commands that do something. */
export function everyCommand(program: Command): readonly Command[] {
  return program.commands.flatMap((one) => [...(doesNothing(one) ? [] : [one]), ...everyCommand(one)]);
}

/** A name for the commands below it. `people` has such, and is one. */
function doesNothing(command: Command): boolean {
  return command.commands.length > 0 && command.name() !== 'people';
}

/** Gives each command that prints lines or a page `--json`, and keeps what it says where that is given. */
export function answerInJson(program: Command): void {
  for (const command of everyCommand(program)) {
    if (pathOf(command) in WITHOUT_JSON) continue;
    if (!command.options.some(({ long }) => long === '--json')) command.option('--json', 'print it as JSON');
  }
  program.hook('preAction', (_, command) => {
    // `people` is one and has others below it, which take its options.
    if (command.optsWithGlobals<{ json?: boolean }>().json) keepForJson();
  });
}

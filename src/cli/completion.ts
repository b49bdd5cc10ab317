import type { Command } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** What follows some words of a command line: commands and options, from the table of commands itself. */
interface Place {
  /** `/audit/verify`; empty behind `jit`. */
  readonly path: string;
  readonly words: readonly { readonly word: string; readonly about: string }[];
}

/** Prints what a shell takes to complete `jit`: nothing is run while somebody types. */
export function completionVerb(shell: string, program: Command): void {
  const places = placesIn(program, '');
  console.log(shell === 'fish' ? fish(places) : shell === 'zsh' ? zsh(places) : bash(places));
}

function placesIn(command: Command, path: string): readonly Place[] {
  const below = command.commands.map((own) => ({ word: own.name(), about: own.description() }));
  const options = command.options.flatMap(({ long, description }) =>
    long ? [{ word: long, about: description }] : [],
  );
  const words = [...below, ...options, { word: '--help', about: 'display help for command' }];
  return [{ path, words }, ...command.commands.flatMap((own) => placesIn(own, `${path}/${own.name()}`))];
}

function bash(places: readonly Place[]): string {
  const known = places.flatMap(({ path }) => (path === '' ? [] : [path]));
  return `_jit() {
  local path="" words="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path/\${COMP_WORDS[i]}" in
      ${known.join('|')}) path="$path/\${COMP_WORDS[i]}" ;;
    esac
  done
  case "$path" in
${places.map(({ path, words }) => `    "${path}") words="${words.map(({ word }) => word).join(' ')}" ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _jit jit`;
}

/** Zsh runs what bash takes ("zshcompsys", bashcompinit). */
function zsh(places: readonly Place[]): string {
  return `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${bash(places)}`;
}

function fish(places: readonly Place[]): string {
  const lines = places.flatMap(({ path, words }) => {
    const behind = path.split('/').slice(1);
    const seen = behind.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
    const when = seen === '' ? '__fish_use_subcommand' : seen;
    return words.map(({ word, about }) => {
      const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-f -a ${word}`;
      return `complete -c jit -n ${inQuotes(when)} ${what} -d ${inQuotes(about)}`;
    });
  });
  return lines.join('\n');
}

function inQuotes(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

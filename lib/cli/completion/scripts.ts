/**
 * The scripts for shells. Each asks `tombola complete -- WORDS` about the words up to the cursor. It answers with a line for each
 * value, `value<tab>description`, and at the end with the paths that the shell adds: `:files`, `:folders` or `:none`.
 * No script evaluates what was typed.
 */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** Bash splits words at = and :, and takes offers for the last piece alone. */
const BASH = String.raw`# tombola: completion for bash
_tombola() {
  local line paths= current=\${COMP_WORDS[COMP_CWORD]}
  [[ $current == = ]] && current=
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :* ]]; then paths=$line; else COMPREPLY+=("\${line%%$'\t'*}"); fi
  done < <(tombola complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [[ $paths == :folders ]]; then
    compopt -o filenames -o plusdirs 2>/dev/null
  elif [[ $paths == :files && \${#COMPREPLY[@]} -eq 0 ]]; then
    compopt -o default 2>/dev/null
  elif [[ $paths == :files ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
  fi
}
complete -F _tombola tombola
`;

const ZSH = String.raw`#compdef tombola
# tombola: completion for zsh
_tombola() {
  local line paths value
  local -a offered
  while IFS= read -r line; do
    if [[ $line == :* ]]; then paths=$line; continue; fi
    value=\${\${line%%$'\t'*}//:/\\:}
    if [[ $line == *$'\t'* ]]; then offered+=("$value:\${line#*$'\t'}"); else offered+=("$value"); fi
  done < <(tombola complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)
  compset -P '--*='
  local found=1
  (( $#offered )) && _describe 'tombola' offered && found=0
  if [[ $paths == :files ]]; then _files && found=0; fi
  if [[ $paths == :folders ]]; then _files -/ && found=0; fi
  return found
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
if [[ $funcstack[1] == _tombola ]]; then _tombola "$@"; else compdef _tombola tombola; fi
`;

const FISH = String.raw`# tombola: completion for fish
function __tombola_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct | string trim -l -c '"\'')
    set -l option (string match -r -- '^--[^=]*=' "$current")
    set -l rest (string replace -r -- '^--[^=]*=' '' "$current")
    for line in (tombola complete -- $words[2..] "$current" 2>/dev/null)
        switch "$line"
            case ':files'
                for path in (__fish_complete_path "$rest")
                    echo "$option$path"
                end
            case ':folders'
                for path in (__fish_complete_directories "$rest" '')
                    echo "$option$path"
                end
            case ':*'
            case '*'
                echo "$option$line"
        end
    end
end
complete -c tombola -f -a '(__tombola_complete)'
`;

/** In their texts a dollar before a brace would begin a value of JavaScript. */
const plain = (script: string) => script.replaceAll('\\${', '${');

export const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = {
  bash: plain(BASH),
  zsh: plain(ZSH),
  fish: plain(FISH),
};

/** Shells that completion is made for. */
export const shells = ["bash", "zsh", "fish", "powershell"] as const;
export type Shell = (typeof shells)[number];

/** Where `switchboard complete` finds the words of a shell that drops empty arguments, one a line. */
export const wordsVariable = "SWITCHBOARD_COMPLETE";

/**
 * The text that makes a shell complete `switchboard`. It asks `switchboard complete -- WORDS` at every key, so that names
 * of stacks are those of now. Where there is no command of that name the text defines one that starts this checkout.
 *
 * The scripts are of this repository, and not those of a library: the usual one for bash needs the package
 * bash-completion (absent on a minimal machine and on macOS) and declares read-only variables, which a shell refuses the
 * second time.
 *
 * @param node path of Node.js
 * @param script path of `cli/bin/switchboard.cjs`
 */
export function completionScript(shell: Shell, node: string, script: string): string {
  return `${makers[shell](node, script).trim()}\n`;
}

/** A word in single quotes, as POSIX shells read it. */
function posix(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

const makers: Readonly<Record<Shell, (node: string, script: string) => string>> = {
  bash: (node, script) => `
# bash completion of switchboard:  source <(npx switchboard completion bash)
_switchboard_program() { ${posix(node)} ${posix(script)} "$@"; }
command -v switchboard >/dev/null 2>&1 || switchboard() { _switchboard_program "$@"; }
_switchboard() {
  local i word value rest prefix='' joining='' words=()
  # bash takes --stack=dev for three words.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ \${#words[@]} -gt 0 && ($word == '=' || -n $joining) ]]; then
      words[\${#words[@]}-1]+=$word
      if [[ $word == '=' ]]; then joining=1; else joining=''; fi
    else
      words+=("$word")
      joining=''
    fi
  done
  word=\${words[\${#words[@]}-1]}
  if [[ $COMP_WORDBREAKS == *=* && $word == *=* ]]; then prefix="\${word%%=*}="; fi
  COMPREPLY=()
  while IFS=$'\\t' read -r value rest; do
    case $value in
      :files)
        compopt -o filenames 2>/dev/null
        while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "\${word#"$prefix"}")
        ;;
      :) ;;
      *) COMPREPLY+=("\${value#"$prefix"}") ;;
    esac
  done < <(_switchboard_program complete -- "\${words[@]}" 2>/dev/null)
}
complete -F _switchboard switchboard
`,
  zsh: (node, script) => `
#compdef switchboard
# zsh completion of switchboard:  source <(npx switchboard completion zsh)   (after compinit)
_switchboard_program() { ${posix(node)} ${posix(script)} "$@" }
_switchboard() {
  local line files=''
  local -a described
  while IFS= read -r line; do
    case $line in
      :files) files=1 ;;
      :) ;;
      *) described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done < <(_switchboard_program complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
  if (( $#described )); then _describe -t switchboard switchboard described; fi
  if [[ -n $files ]]; then _files; fi
}
if [[ $funcstack[1] == _switchboard ]]; then
  _switchboard "$@"
else
  (( $+commands[switchboard] || $+aliases[switchboard] )) || switchboard() { _switchboard_program "$@" }
  compdef _switchboard switchboard
fi
`,
  fish: (node, script) => `
# fish completion of switchboard:  npx switchboard completion fish | source
function _switchboard_program
    ${fishWord(node)} ${fishWord(script)} $argv
end
if not type -q switchboard
    function switchboard
        _switchboard_program $argv
    end
end
function _switchboard_complete
    set -l words (commandline -opc)
    set -e words[1]
    set -l current (commandline -ct)
    for line in (_switchboard_program complete -- $words "$current" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path "$current"
            case :
            case '*'
                echo $line
        end
    end
end
complete -c switchboard -e
complete -c switchboard -f -a '(_switchboard_complete)'
`,
  powershell: (node, script) => `
# PowerShell completion of switchboard:  npx switchboard completion powershell | Out-String | Invoke-Expression
if (-not (Get-Command switchboard -ErrorAction SilentlyContinue)) {
  function global:switchboard { & ${powershellWord(node)} ${powershellWord(script)} @args }
}
Register-ArgumentCompleter -Native -CommandName switchboard -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  # Older versions drop an empty argument, so the words go by the environment.
  $env:${wordsVariable} = (@($words) + "$wordToComplete") -join "\`n"
  try {
    & ${powershellWord(node)} ${powershellWord(script)} complete 2>$null | ForEach-Object {
      $value, $description = $_ -split "\`t", 2
      if ($value -notmatch '^:(files)?$') {
        if (-not $description) { $description = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
      }
    }
  } finally {
    Remove-Item Env:${wordsVariable}
  }
}
`,
};

function fishWord(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

function powershellWord(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

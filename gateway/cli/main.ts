// The `sallyport` command line. Reads the arguments, runs one command and gives its exit code; each group of commands
// has a file in commands/. Only the group asked for is loaded, and a command loads what it needs when it runs: each file
// costs some ms to read, and a command line should answer at once.

import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import type { Ending } from './command.ts'
import { codeOf, exitCodes } from './failure.ts'
import { plain } from './plain.ts'

const about = `Access broker for the boundary between IT and the plant floor: request, approve, broker, record, prove.

Commands for a gateway that runs elsewhere speak to its API: \`login\` once, then the others. \
Commands on the gateway's own machine (run, doctor, user, credential, config) read its configuration. \
\`verify\` and \`bundle check\` need neither.`

const environment = `
Environment:
  SALLYPORT_URL, SALLYPORT_CA     gateway and its CA certificate, instead of --url and --ca
  SALLYPORT_USER                  login name, instead of --user
  SALLYPORT_PASSWORD, SALLYPORT_CODE  for login from a script
  SALLYPORT_CONFIG                configuration file, instead of --config

Exit codes: 0 done, 1 refused or failed, 2 the command line is wrong. Every command takes --json.`

type AddCommands = (program: Command, ending: Ending) => void

interface Group {
  readonly title: string
  /** First words of its command lines. */
  readonly words: readonly string[]
  readonly load: () => Promise<AddCommands>
}

const here = 'The gateway on this machine:'
const remote = 'Working with a gateway:'
const evidence = 'Evidence:'

const groups: readonly Group[] = [
  { title: here, words: ['run', 'demo'], load: async () => (await import('./commands/gateway.ts')).addGatewayCommands },
  { title: here, words: ['doctor'], load: async () => (await import('./commands/doctor.ts')).addDoctorCommand },
  { title: here, words: ['config'], load: async () => (await import('./commands/config.ts')).addConfigCommands },
  { title: here, words: ['user'], load: async () => (await import('./commands/people.ts')).addPeopleCommands },
  {
    title: here,
    words: ['credential'],
    load: async () => (await import('./commands/credentials.ts')).addCredentialCommands,
  },
  {
    title: remote,
    words: ['login', 'logout'],
    load: async () => (await import('./commands/login.ts')).addLoginCommands,
  },
  {
    title: remote,
    words: ['status', 'assets'],
    load: async () => (await import('./commands/assets.ts')).addAssetCommands,
  },
  {
    title: remote,
    words: ['request', 'requests', 'approve', 'deny', 'withdraw'],
    load: async () => (await import('./commands/requests.ts')).addRequestCommands,
  },
  {
    title: remote,
    words: ['grants', 'revoke', 'extend'],
    load: async () => (await import('./commands/grants.ts')).addGrantCommands,
  },
  {
    title: remote,
    words: ['sessions', 'kill'],
    load: async () => (await import('./commands/sessions.ts')).addSessionCommands,
  },
  {
    title: evidence,
    words: ['recordings', 'replay'],
    load: async () => (await import('./commands/recordings.ts')).addRecordingCommands,
  },
  { title: evidence, words: ['export'], load: async () => (await import('./commands/export.ts')).addExportCommand },
  { title: evidence, words: ['verify'], load: async () => (await import('./commands/verify.ts')).addVerifyCommand },
  { title: 'Policy:', words: ['bundle'], load: async () => (await import('./commands/bundle.ts')).addBundleCommands },
]

/** Runs the command line given (without program name) and gives its exit code. Never throws, never exits by itself. */
export async function main(argv: readonly string[]): Promise<number> {
  endQuietlyOnBrokenPipe()
  const ending: Ending = { code: exitCodes.ok }
  try {
    const program = await buildProgram(argv, ending)
    await program.parseAsync([...argv], { from: 'user' })
    return ending.code
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    // Help and version that were asked for end well; `sallyport` alone or a wrong option does not.
    return thrown.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  }
}

async function buildProgram([word = '']: readonly string[], ending: Ending): Promise<Command> {
  // Without a word that is known every group is needed: for the help, or to suggest the word that was meant.
  const wanted = groups.filter(({ words }) => words.includes(word))
  const program = new Command('sallyport')
  // Set before the commands are added: they take over these settings.
  program
    .description(about)
    .version(readVersion(), '--version', 'show the version')
    .helpCommand('help [command]', 'show the help of a command')
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ outputError: (text, write) => write(usageLine(text, wanted.length > 0 ? `${word} ` : '')) })
    .addHelpText('after', environment)
  const loaded = await Promise.all(
    (wanted.length > 0 ? wanted : groups).map(async ({ title, load }) => ({ title, add: await load() })),
  )
  for (const { title, add } of loaded) {
    program.commandsGroup(title)
    add(program, ending)
  }
  return program
}

/** Commander's message in the form of ours; it quotes what was typed, so it is made plain. */
function usageLine(text: string, word: string): string {
  const message = text
    .trim()
    .replace(/^error: /, '')
    .replace(/\n\(Did you mean (.+)\?\)$/s, ': did you mean `$1`')
    .replace(' is invalid. ', ': ')
    .replaceAll('\n', ' ')
    .replaceAll("'", '`')
    .replace(/\.$/, '')
  return `sallyport: ${plain(message)}: see \`sallyport ${word}--help\`\n`
}

function readVersion(): string {
  const file = new URL('../../package.json', import.meta.url)
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }
  return version
}

/** `sallyport recordings | head`: the reader has seen enough. Ends as a program does that SIGPIPE ends. */
function endQuietlyOnBrokenPipe(): void {
  process.stdout.on('error', (error) => {
    if (codeOf(error) === 'EPIPE') process.exit(141)
    process.stderr.write(`sallyport: standard output: ${plain(error.message)}: free some space or write elsewhere\n`)
    process.exit(exitCodes.failed)
  })
}

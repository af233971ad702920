// The `sallyport` command line. Reads the arguments, runs one command and gives its exit code; each group of commands
// has a file in commands/. Only the group asked for is loaded, and a command loads what it needs when it runs: each file
// costs some ms to read, and a command line should answer at once.

import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import type { Invocation } from './command.ts'
import { codeOf, exitCodes } from './failure.ts'
import type { Streams } from './output.ts'
import { plain } from './plain.ts'

const about = `Access broker for the boundary between IT and the plant floor: request, approve, broker, record, prove.

Commands for a gateway that runs elsewhere speak to its API: \`login\` once, then the others. \
Commands on the gateway's own machine (run, doctor, user, machine add, notify, outbox, credential, config, ledger, backup, restore, presence enrol, physical enrol) read its configuration. \
\`verify\` and \`bundle check\` need neither.`

const environment = `
Environment:
  SALLYPORT_URL, SALLYPORT_CA     gateway and its CA certificate, instead of --url and --ca
  SALLYPORT_USER                  login name, instead of --user
  SALLYPORT_PASSWORD, SALLYPORT_CODE  for login from a script
  SALLYPORT_CONFIG                configuration file, instead of --config

Exit codes: 0 done, 1 refused or failed, 2 the command line is wrong. Every command takes --json.`

type AddCommands = (program: Command, invocation: Invocation) => void

interface Group {
  readonly title: string
  /** First words of its command lines, each with what the list of commands says of it. */
  readonly words: Readonly<Record<string, string>>
  readonly load: () => Promise<AddCommands>
}

const here = 'The gateway on this machine:'
const remote = 'Working with a gateway:'
const evidence = 'Evidence:'

const groups: readonly Group[] = [
  {
    title: here,
    words: { run: 'start the gateway', demo: 'start a gateway with a small demo plant around it' },
    load: async () => (await import('./commands/gateway.ts')).addGatewayCommands,
  },
  {
    title: here,
    words: { doctor: 'look at everything the gateway here depends on' },
    load: async () => (await import('./commands/doctor.ts')).addDoctorCommand,
  },
  {
    title: here,
    words: {
      backup: 'copy ledger, store and recordings to a folder',
      restore: 'check a backup, and restore it into an empty data folder',
    },
    load: async () => {
      const { addBackupCommand, addRestoreCommand } = await import('./commands/backup.ts')
      return (program, invocation) => {
        addBackupCommand(program, invocation)
        addRestoreCommand(program, invocation)
      }
    },
  },
  {
    title: here,
    words: { config: 'check and explain the configuration' },
    load: async () => (await import('./commands/config.ts')).addConfigCommands,
  },
  {
    title: here,
    words: { user: 'add, list and disable people' },
    load: async () => (await import('./commands/people.ts')).addPeopleCommands,
  },
  {
    title: here,
    words: { people: 'who has which role and from where; feeds of people; enrolment' },
    load: async () => (await import('./commands/accounts.ts')).addAccountCommands,
  },
  {
    title: here,
    words: { machine: 'machine accounts: who answers for each, and until when' },
    load: async () => (await import('./commands/machines.ts')).addMachineCommands,
  },
  {
    title: here,
    words: {
      notify: 'try the ways out for messages',
      outbox: 'list messages, and send again what was given up',
    },
    load: async () => (await import('./commands/notifications.ts')).addNotificationCommands,
  },
  {
    title: here,
    words: { credential: 'keep the credentials of targets' },
    load: async () => (await import('./commands/credentials.ts')).addCredentialCommands,
  },
  {
    title: remote,
    words: { target: 'see and accept the host keys of targets' },
    load: async () => (await import('./commands/targets.ts')).addTargetCommands,
  },
  {
    title: here,
    words: { ledger: 'look after the ledger: its signing keys, and declared loss' },
    load: async () => (await import('./commands/ledger.ts')).addLedgerCommands,
  },
  {
    title: remote,
    words: { login: 'log in to a gateway with password and one-time code', logout: 'end the login, there and here' },
    load: async () => (await import('./commands/login.ts')).addLoginCommands,
  },
  {
    title: remote,
    words: {
      status: 'show the gateway, who you are there, and its ledger',
      assets: 'list the assets you may ask for, and how to connect',
    },
    load: async () => (await import('./commands/assets.ts')).addAssetCommands,
  },
  {
    title: remote,
    words: {
      request: 'ask for access to an asset for a time',
      requests: 'list requests you may read, or show one',
      approve: 'approve a request',
      deny: 'deny a request',
      withdraw: 'take back a request of your own',
    },
    load: async () => (await import('./commands/requests.ts')).addRequestCommands,
  },
  {
    title: remote,
    words: {
      grants: 'list the access that stands',
      extend: 'let a grant end later',
    },
    load: async () => (await import('./commands/grants.ts')).addGrantCommands,
  },
  {
    title: remote,
    words: {
      sessions: 'list the sessions that run now',
      escort: 'come along with a session that needs it',
      kill: 'end a session at once',
    },
    load: async () => (await import('./commands/sessions.ts')).addSessionCommands,
  },
  {
    title: remote,
    words: {
      revoke: 'end what is open: a grant, a person, a supplier, a zone, all',
      suspend: 'keep somebody or something off until another person lifts it',
      lift: 'lift a suspension of another person',
      suspensions: 'list who and what is kept off',
    },
    load: async () => (await import('./commands/ending.ts')).addEndingCommands,
  },
  {
    title: remote,
    words: {
      delegate: 'lend your right to decide to a colleague',
      presence: 'show that you are on site',
    },
    load: async () => (await import('./commands/standing.ts')).addStandingCommands,
  },
  {
    title: remote,
    words: { physical: 'doors, cabinets and key switches that report to the gateway' },
    load: async () => (await import('./commands/physical.ts')).addPhysicalCommands,
  },
  {
    title: remote,
    words: { drill: 'put the gateway to the test while it serves' },
    load: async () => (await import('./commands/drills.ts')).addDrillCommands,
  },
  {
    title: remote,
    words: { attest: 'attest what people and suppliers have shown' },
    load: async () => (await import('./commands/attest.ts')).addAttestCommands,
  },
  {
    title: remote,
    words: {
      review: 'look afterwards at emergency access',
      campaign: 'review everybody\u2019s standing eligibility',
      exceptions: 'list the exceptions of the register, and how old they are',
      suppliers: 'list suppliers, or show the dossier of one',
    },
    load: async () => (await import('./commands/reviews.ts')).addReviewCommands,
  },
  {
    title: remote,
    words: { platform: 'releases of the gateway itself, and what they rest on' },
    load: async () => (await import('./commands/platform.ts')).addPlatformCommands,
  },
  {
    title: remote,
    words: { concern: 'tell what nearly went wrong, without blame' },
    load: async () => (await import('./commands/concerns.ts')).addConcernCommands,
  },
  {
    title: remote,
    words: { incident: 'open incidents, see them through and close them' },
    load: async () => (await import('./commands/incidents.ts')).addIncidentCommands,
  },
  {
    title: evidence,
    words: { report: 'what others get to read, as the risk committee' },
    load: async () => (await import('./commands/committee.ts')).addReportCommands,
  },
  {
    title: evidence,
    words: { recordings: 'list recordings, or the channels of one', replay: 'replay a recording in this terminal' },
    load: async () => (await import('./commands/recordings.ts')).addRecordingCommands,
  },
  {
    title: evidence,
    words: { file: 'files that wait to cross, and letting them go' },
    load: async () => (await import('./commands/files.ts')).addFileCommands,
  },
  {
    title: evidence,
    words: { viewing: 'ask for, and agree to, looking at a recording with a second person' },
    load: async () => (await import('./commands/viewings.ts')).addViewingCommands,
  },
  {
    title: evidence,
    words: { search: 'search in what was typed and shown, in all recordings' },
    load: async () => (await import('./commands/search.ts')).addSearchCommand,
  },
  {
    title: evidence,
    words: { evidence: 'list entries of the ledger, by type, session or plant' },
    load: async () => (await import('./commands/evidence.ts')).addEvidenceCommand,
  },
  {
    title: evidence,
    words: { export: 'take evidence out: ledger, recordings, keys' },
    load: async () => (await import('./commands/export.ts')).addExportCommand,
  },
  {
    title: evidence,
    words: { hold: 'keep evidence from being deleted or erased' },
    load: async () => (await import('./commands/holds.ts')).addHoldCommands,
  },
  {
    title: evidence,
    words: { deletion: 'delete recordings past their day, as an act of two people' },
    load: async () => (await import('./commands/deletions.ts')).addDeletionCommands,
  },
  {
    title: evidence,
    words: { erasure: 'erase personal data from the evidence, as an act of two people' },
    load: async () => (await import('./commands/erasures.ts')).addErasureCommands,
  },
  {
    title: evidence,
    words: { storage: 'show the space recordings have, and when it will be full' },
    load: async () => (await import('./commands/storage.ts')).addStorageCommand,
  },
  {
    title: evidence,
    words: { proof: 'take out the proof of one entry of the ledger' },
    load: async () => (await import('./commands/proof.ts')).addProofCommand,
  },
  {
    title: evidence,
    words: { witness: 'witness the ledgers of gateways, on a machine apart' },
    load: async () => (await import('./commands/witness.ts')).addWitnessCommands,
  },
  {
    title: evidence,
    words: { verifier: 'write the verifier as one file that an auditor can read' },
    load: async () => (await import('./commands/verifier.ts')).addVerifierCommand,
  },
  {
    title: evidence,
    words: { verify: 'verify an evidence export, offline' },
    load: async () => (await import('./commands/verify.ts')).addVerifyCommand,
  },
  {
    title: 'Policy:',
    words: { bundle: 'check, compare, propose, activate and roll back bundles' },
    load: async () => (await import('./commands/bundle.ts')).addBundleCommands,
  },
  {
    title: 'Policy:',
    words: { register: 'show how well what is in scope is covered, and for which clauses' },
    load: async () => (await import('./commands/register.ts')).addRegisterCommands,
  },
  {
    title: 'Policy:',
    words: { risks: 'list the risks of the register, the graver first' },
    load: async () => (await import('./commands/risks.ts')).addRiskCommands,
  },
  {
    title: 'Policy:',
    words: { explain: 'say what would be decided, and why' },
    load: async () => (await import('./commands/explain.ts')).addExplainCommand,
  },
  {
    title: 'Policy:',
    words: { scope: 'show how the scope works out', 'scope-change': 'review what a bundle moved in or out of scope' },
    load: async () => (await import('./commands/scope.ts')).addScopeCommands,
  },
]

/**
 * Runs the command line given (without program name) and gives its exit code. Throws nothing, and ends the process only
 * where its standard output is gone.
 */
export async function main(
  argv: readonly string[],
  streams: Streams = process,
  env: Invocation['env'] = process.env,
): Promise<number> {
  if (streams === process) endQuietlyOnBrokenPipe()
  const invocation: Invocation = { streams, env, code: exitCodes.ok }
  try {
    const program = await buildProgram(argv, invocation)
    await program.parseAsync([...argv], { from: 'user' })
    return invocation.code
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    // Help and version that were asked for end well; `sallyport` alone or a wrong option does not.
    return thrown.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  }
}

async function buildProgram([first = '', second = '']: readonly string[], invocation: Invocation): Promise<Command> {
  const word = first === 'help' ? second : first
  const asked = groups.find(({ words }) => Object.hasOwn(words, word))
  const program = new Command('sallyport')
  // The command that was meant, as far as it is one: `campaign decide`, not only `campaign`.
  const wordsAsked = (): string => {
    const under = program.commands.find((command) => command.name() === word)?.commands ?? []
    const sub = under.find((command) => command.name() === second)
    return asked === undefined ? '' : sub === undefined ? `${word} ` : `${word} ${second} `
  }
  // Set before the commands are added: they take over these settings.
  program
    .description(about)
    .version(readVersion(), '--version', 'show the version')
    .helpCommand('help [command]', 'show the help of a command')
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => void invocation.streams.stdout.write(text),
      writeErr: (text) => void invocation.streams.stderr.write(text),
      outputError: (text, write) => write(usageLine(text, wordsAsked())),
    })
    .addHelpText('after', environment)
  if (asked !== undefined) {
    const add = await asked.load()
    add(program, invocation)
    return program
  }
  // Names are enough for the list, and to suggest the word that was meant.
  for (const { title, words } of groups) {
    program.commandsGroup(title)
    for (const [name, summary] of Object.entries(words)) {
      const listed = program.command(name).summary(summary)
      listed.action(() => program.error(`command '${name}' has to come first`))
    }
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

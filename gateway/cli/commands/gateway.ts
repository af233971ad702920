// Starting a gateway, or a whole demo plant around one.

import type { Command } from 'commander'
import { addCommand, type Context, type Invocation } from '../command.ts'
import { codeOf, Failure, messageOf } from '../failure.ts'
import { configOption, needConfig, startRefusal, type ConfigOptions } from '../local.ts'
import { plain, shown } from '../plain.ts'

export function addGatewayCommands(program: Command, invocation: Invocation): void {
  addCommand<ConfigOptions>(program, invocation, {
    name: 'run',
    about:
      'Starts the gateway and runs until SIGTERM, SIGINT (Ctrl-C) or SIGHUP: sessions are then ended with their reason,\n' +
      'recordings sealed, and the ledger signed. A second signal ends it at once; the next start seals what was left.\n' +
      'Logs go to standard error as JSON lines.',
    examples: ['run --config /etc/sallyport/sallyport.yaml', 'run --json 2>gateway.log'],
    exits: [
      '0  stopped as asked',
      '1  could not start',
      '2  the command line is wrong',
      '129, 130, 143  ended at once by a second signal',
    ],
    options: configOption,
    run,
  })
  addCommand<{ readonly once?: true; readonly keep?: string }>(program, invocation, {
    name: 'demo',
    about:
      'Starts a gateway with development certificates, embedded stores, demo people and small real servers as a plant, on\n' +
      'free ports and in a temporary folder that is removed at the end. Shows the logins and the ssh command to try.',
    examples: ['demo', 'demo --once', 'demo --once --keep ./evidence'],
    options: (command) =>
      command
        .option('--once', 'run the whole main job as a script, show each step, and stop')
        .option('--keep <dir>', 'leave the evidence export and its trust file there'),
    run: demo,
  })
}

async function run(context: Context, options: ConfigOptions): Promise<void> {
  const { config } = await needConfig(context, options)
  const { listenForStop } = await import('../../stop-signal.ts')
  // From here on: a signal during the start stops the gateway as soon as it has started.
  const asked = new Promise<void>((resolve) => listenForStop(resolve))
  const [{ openLog }, { startGateway }, { StartRefused }] = await Promise.all([
    import('../../log.ts'),
    import('../../app.ts'),
    import('../../start-problem.ts'),
  ])
  const gateway = await startGateway(config, openLog(config.logLevel)).catch((error: unknown) => {
    if (error instanceof StartRefused) throw startRefusal(error.problems, 'gateway not started')
    throw startFailure(error)
  })
  const { ssh, https } = gateway
  await context.output.answer({ ssh, https, pid: process.pid }, () =>
    [
      shown`ssh    ${ssh.host} port ${ssh.port}, host key ${ssh.fingerprint}`,
      shown`https  ${https.host} port ${https.port}`,
      'Ctrl-C stops it',
    ].join('\n'),
  )
  await asked
  // With --json the log on standard error stays JSON lines.
  if (!context.output.json) context.output.note('Ending sessions and sealing recordings; once more stops at once')
  await gateway.stop()
}

/** Why a gateway did not start, other than for what it found and named: a system's own error needs its next step said. */
function startFailure(error: unknown): Failure {
  const next = codeOf(error) === '' ? '' : ': run `sallyport doctor`, which looks at every file'
  return new Failure(`gateway not started: ${plain(messageOf(error))}${next}`, { cause: error })
}

async function demo({ output }: Context, options: { readonly once?: true; readonly keep?: string }): Promise<number> {
  const { demo: play } = await import('../../demo/main.ts')
  return play({ once: options.once === true, keep: options.keep ?? null, json: output.json })
}

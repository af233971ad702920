// Logging in to a gateway and out again. The login is kept for the commands that follow: see session-file.ts.

import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { Secret } from '../../secret.ts'
import { addCommand, type Context, type Invocation } from '../command.ts'
import { Failure, messageOf, misused } from '../failure.ts'
import { shown } from '../plain.ts'
import { ask, askSecret } from '../prompt.ts'
import { findGateway, remoteOptions, type RemoteOptions } from '../remote.ts'
import { readSession } from '../session-file.ts'

interface LoginOptions extends RemoteOptions {
  readonly user?: string
  readonly passwordFile?: string
  readonly code?: string
}

export function addLoginCommands(program: Command, invocation: Invocation): void {
  addCommand<LoginOptions>(program, invocation, {
    name: 'login',
    about:
      'Logs in to a gateway. The login is kept in a file of yours (0600, under $XDG_STATE_HOME/sallyport), one for each\n' +
      'gateway, and every further command uses and renews it. What is not given is asked for; the password never shows.\n' +
      'There is no option for the password itself: other users of this machine could read it in the list of processes.',
    examples: [
      'login --url https://gateway.example:8443 --ca ca.pem --user shiftlead',
      'login --url https://gateway.example:8443 --user shiftlead --password-file secret.txt --code 123456',
    ],
    options: (command) =>
      remoteOptions(command)
        .option('--user <name>', 'login name (SALLYPORT_USER; else asked for)')
        .option('--password-file <file>', 'file whose first line is the password (or SALLYPORT_PASSWORD)')
        .option('--code <digits>', 'the one-time code your authenticator shows now (SALLYPORT_CODE; else asked for)'),
    run: login,
  })
  addCommand<RemoteOptions>(program, invocation, {
    name: 'logout',
    about: 'Ends the login at the gateway and removes it from this machine. The address stays known.',
    examples: ['logout'],
    options: remoteOptions,
    run: logout,
  })
}

async function login(context: Context, options: LoginOptions): Promise<void> {
  const { env, output } = context
  const where = await findGateway(context, options)
  const user = options.user ?? env['SALLYPORT_USER'] ?? (await ask('Login: ', 'give --user'))
  const password = await readPassword(context, options.passwordFile)
  const code = options.code ?? env['SALLYPORT_CODE'] ?? (await ask('One-time code: ', 'give --code or SALLYPORT_CODE'))
  const { Gateway } = await import('../client.ts')
  const gateway = new Gateway(where)
  try {
    const { person } = await gateway.login({ login: user, password: password.expose(), totp: code })
    await output.answer(
      { url: where.url, person },
      () =>
        shown`Logged in to ${where.url} as ${person.displayName} (${person.login}), roles: ${person.roles.join(', ')}`,
    )
  } finally {
    gateway.close()
  }
}

async function logout(context: Context, options: RemoteOptions): Promise<void> {
  const where = await findGateway(context, options)
  const kept = await readSession(where.state, where.url)
  if (!kept?.refresh) {
    await context.output.answer({ url: where.url, loggedOut: false }, () => shown`Not logged in to ${where.url}`)
    return
  }
  const { Gateway } = await import('../client.ts')
  const gateway = new Gateway(where)
  try {
    await gateway.resume()
    await gateway.logout(kept.login)
  } catch (error) {
    // Whoever logs out wants no login left on this machine, whatever the gateway says.
    await gateway.forget(kept.login)
    if (!(error instanceof Failure) || error.details['code'] !== 'not-logged-in') throw error
  } finally {
    gateway.close()
  }
  await context.output.answer({ url: where.url, loggedOut: true }, () => shown`Logged out of ${where.url}`)
}

async function readPassword({ env }: Context, file: string | undefined): Promise<Secret<string>> {
  const given = env['SALLYPORT_PASSWORD']
  if (file === undefined && given !== undefined) return new Secret(given)
  if (file === undefined) return askSecret('Password: ', 'give --password-file or SALLYPORT_PASSWORD')
  return readSecretFile(file)
}

/** The first line of a file, which must not be empty. */
export async function readSecretFile(file: string): Promise<Secret<string>> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw new Failure(`password file \`${file}\`: ${messageOf(error)}: give a file you can read`, { cause: error })
  }
  const line = text.split(/\r?\n/, 1)[0] ?? ''
  if (line === '') throw misused(`password file \`${file}\`: expected the password on the first line, got nothing`)
  return new Secret(line)
}

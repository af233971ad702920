// Commands that speak to a gateway: which one, and as whom. Light on purpose; the client itself is loaded when a command
// runs.

import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { Gateway } from './client.ts'
import { asNumber, type Context } from './command.ts'
import { Failure, messageOf, misused } from './failure.ts'
import { parseServer } from './server-url.ts'
import { readCurrent, readSession, stateFolder } from './session-file.ts'

export interface RemoteOptions {
  readonly url?: string
  readonly ca?: string
}

/** `--url` and `--ca`, which every remote command takes. */
export function remoteOptions(command: Command): Command {
  return command
    .option('--url <url>', 'the gateway, as https://host:8443 (SALLYPORT_URL; else that of the last login)')
    .option(
      '--ca <file>',
      'PEM of the CA its certificate is of (SALLYPORT_CA; else that of the login, or the system\u2019s)',
    )
}

/** `--limit`, for lists. */
export function limitOption(command: Command): Command {
  return command.option('--limit <n>', 'how many at most, newest first', asNumber(1, 10_000, true), 100)
}

/** Which gateway is meant: option, environment, last login; its CA: option, environment, what was given at login. */
export async function findGateway(
  { env }: Context,
  options: RemoteOptions,
): Promise<{ url: string; ca: string | null; state: string }> {
  const state = stateFolder(env)
  const given = options.url ?? env['SALLYPORT_URL'] ?? (await readCurrent(state))
  if (given === null) throw misused('which gateway: give --url https://host:8443, or run `sallyport login` first')
  const parsed = parseServer(given)
  if (parsed.kind === 'malformed') throw misused(`gateway \`${given}\`: ${parsed.reason}`)
  const url = parsed.value
  const file = options.ca ?? env['SALLYPORT_CA']
  const ca = file === undefined ? ((await readSession(state, url))?.ca ?? null) : await readCa(file)
  return { url, ca, state }
}

/** Runs `work` with the gateway, logged in with the kept login. */
export async function withGateway<T>(
  context: Context,
  options: RemoteOptions,
  work: (gateway: Gateway) => Promise<T>,
): Promise<T> {
  const where = await findGateway(context, options)
  const client = await import('./client.ts')
  const gateway = new client.Gateway(where)
  try {
    await gateway.resume()
    return await work(gateway)
  } finally {
    gateway.close()
  }
}

async function readCa(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new Failure(`CA file \`${file}\`: ${messageOf(error)}: give the gateway\u2019s CA certificate`, {
      cause: error,
    })
  }
}

/** For commands whose rows are of plants. */
export interface PlantOption {
  readonly plant?: string
}

export function plantOption(command: Command): Command {
  return command.option('--plant <id>', 'of this plant only; left out: of every plant you may read')
}

/** The query that asks for it. */
export const plantQuery = ({ plant }: PlantOption): Readonly<Record<string, string>> =>
  plant === undefined ? {} : { plant }

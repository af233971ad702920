// An SSH client made of ssh2, for what the OpenSSH client refuses to do itself: strange user names, packets of unknown
// kinds, a person who changes their name half way.

import ssh2, { type AnyAuthMethod, type Client } from 'ssh2'

export interface LibraryLogin {
  readonly port: number
  readonly username: string
  readonly password: string
  readonly code: string
}

export type LibraryEntry =
  | { readonly kind: 'in'; readonly client: Client }
  /** `text` is ssh2's word for it, the same for every refusal. */
  | { readonly kind: 'refused'; readonly text: string }

/** Logs in by keyboard-interactive, or by the steps given. */
export function enter(
  { port, username, password, code }: LibraryLogin,
  steps?: readonly AnyAuthMethod[],
): Promise<LibraryEntry> {
  return new Promise((resolve) => {
    const client = new ssh2.Client()
    const answers = (prompts: readonly { prompt: string }[]): string[] =>
      prompts.map(({ prompt }) => (/code/i.test(prompt) ? code : password))
    const rest = [
      ...(steps ??
        ([
          { type: 'keyboard-interactive', username, prompt: (_n, _i, _l, prompts, finish) => finish(answers(prompts)) },
        ] as AnyAuthMethod[])),
    ]
    client.once('ready', () => resolve({ kind: 'in', client }))
    client.on('error', (error) => resolve({ kind: 'refused', text: error.message }))
    client.once('close', () => resolve({ kind: 'refused', text: 'closed' }))
    client.connect({
      host: '127.0.0.1',
      port,
      username,
      authHandler: (_left, _partial, next) => {
        const step = rest.shift()
        // ssh2's types forget that `false` ends the attempts.
        next(step ?? (false as unknown as AnyAuthMethod))
      },
    })
  })
}

/** Resolves when the client has closed, with an error or without. */
export const closedOf = (client: Client): Promise<void> =>
  new Promise((resolve) => client.once('close', () => resolve()))

export interface Ran {
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command to its end. */
export function exec(client: Client, command: string): Promise<Ran> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error)
      let stdout = ''
      let stderr = ''
      let exit: number | null = null
      channel.on('data', (part: Buffer) => (stdout += part.toString()))
      channel.stderr.on('data', (part: Buffer) => (stderr += part.toString()))
      channel.on('exit', (code: number | null) => (exit = code))
      channel.on('close', () => resolve({ exit, stdout, stderr }))
      channel.end()
    })
  })
}

interface Inside {
  readonly _protocol: {
    readonly _cipher: { encrypt(packet: unknown): void }
    readonly _packetRW: {
      readonly write: { allocStart: number; alloc(length: number): Buffer; finalize(packet: Buffer): unknown }
    }
  }
}

/** Sends a message of any kind (RFC 4253 section 6: type byte and payload), which ssh2 has no call for. */
export function sendMessage(client: Client, message: Buffer): void {
  const { _cipher, _packetRW } = (client as unknown as Inside)._protocol
  const packet = _packetRW.write.alloc(message.length)
  packet.set(message, _packetRW.write.allocStart)
  _cipher.encrypt(_packetRW.write.finalize(packet))
}

/** An SSH `string` (RFC 4251 section 5). */
export function wireString(text: string): Buffer {
  const bytes = Buffer.from(text)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

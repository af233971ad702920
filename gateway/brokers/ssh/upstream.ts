// The leg to the target: one SSH connection a session, with the host key pinned and the credential injected. The host
// key is judged before the credential is sent (RFC 4253 section 8 before RFC 4252), so a false target learns nothing.

import { timingSafeEqual } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import ssh2, { type Client, type ConnectConfig, type ServerHostKeyAlgorithm } from 'ssh2'
import type { EndReason, SshEndpoint } from '../../../policy/index.ts'
import type { TargetCredential, TargetLeg } from '../broker.ts'
import { algorithms } from './algorithms.ts'
import { writeInBatches } from './packet-socket.ts'

export interface DialOptions {
  readonly readyTimeoutMs: number
  readonly keepaliveMs: number
}

export type Dialled =
  | { readonly kind: 'connected'; readonly client: Client }
  | { readonly kind: 'failed'; readonly reason: EndReason; readonly text: string }

/** The key blob of an OpenSSH public key line. The bundle's parser has checked that it is one. */
function blobOf(line: string): Buffer {
  return Buffer.from(line.split(' ')[1] ?? '', 'base64')
}

/** Only algorithms a pinned key can answer with, so that a target with several keys shows the pinned one. */
function hostKeyAlgorithms(lines: readonly string[]): ServerHostKeyAlgorithm[] {
  const types = new Set(lines.map((line) => line.split(' ')[0] ?? ''))
  return [...types].flatMap((type) =>
    type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type],
  ) as ServerHostKeyAlgorithm[]
}

/** Both ends of a connected socket; null where it has none any more. */
function legOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): TargetLeg | null {
  if (!localAddress || !localPort || !remoteAddress || !remotePort) return null
  return {
    local: { address: localAddress, port: localPort },
    remote: { address: remoteAddress, port: remotePort },
  }
}

/**
 * Connects and logs in. Never throws: what can go wrong is an answer, with the sentence the user sees.
 * @param onLeg told of the connection as it is there, and with null as it is gone.
 */
export function dialTarget(
  endpoint: SshEndpoint,
  credential: TargetCredential,
  options: DialOptions,
  signal: AbortSignal,
  onLeg: (leg: TargetLeg | null) => void,
): Promise<Dialled> {
  return new Promise((resolve) => {
    const client = new ssh2.Client()
    const pinned = endpoint.hostKeys.map(blobOf)
    let stranger = false
    let settled = false

    const settle = (result: Dialled): void => {
      if (settled) return
      settled = true
      signal.removeEventListener('abort', abort)
      if (result.kind === 'failed') client.destroy()
      resolve(result)
    }
    const fail = (reason: EndReason, text: string): void => settle({ kind: 'failed', reason, text })
    const abort = (): void => fail('client', 'the connection was closed while dialling')
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })

    client.on('error', (error: Error & { level?: string }) => {
      if (stranger)
        fail(
          'host-key-mismatch',
          'the target shows a host key that is not the pinned one: nothing was sent to it: ask the plant whether it was replaced, or whether something stands in between',
        )
      else if (error.level === 'client-authentication')
        fail(
          'target-refused-login',
          'the target refused the credential the gateway holds for it: ask the plant to renew it',
        )
      else
        fail('target-unreachable', 'the target does not answer: ask the plant whether it is switched on and connected')
    })
    client.on('ready', () => settle({ kind: 'connected', client }))
    client.on('close', () => fail('target-unreachable', 'the target closed the connection before login'))
    if (credential.kind === 'password')
      client.on('keyboard-interactive', (_name, _instructions, _lang, prompts, finish) =>
        finish(prompts.length === 1 ? [credential.password.expose()] : []),
      )

    const socket = connect({ host: endpoint.host, port: endpoint.port, noDelay: true })
    socket.once('connect', () => onLeg(legOf(socket)))
    socket.once('close', () => onLeg(null))
    writeInBatches(socket)
    const config: ConnectConfig = {
      sock: socket,
      username: endpoint.account,
      algorithms: { ...algorithms, serverHostKey: hostKeyAlgorithms(endpoint.hostKeys) },
      hostVerifier: (key: Buffer): boolean => {
        const known = pinned.some((pin) => pin.length === key.length && timingSafeEqual(pin, key))
        stranger = !known
        return known
      },
      readyTimeout: options.readyTimeoutMs,
      keepaliveInterval: options.keepaliveMs,
      keepaliveCountMax: 3,
      ...(credential.kind === 'password'
        ? { password: credential.password.expose(), tryKeyboard: true }
        : { privateKey: credential.key.expose() }),
    }
    try {
      client.connect(config)
    } catch {
      // ssh2 throws for a private key it cannot read; its message may quote the key.
      fail(
        'target-refused-login',
        'the credential the gateway holds for the target cannot be used: ask the plant to renew it',
      )
    }
  })
}

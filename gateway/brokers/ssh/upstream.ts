// The leg to the target: one SSH connection a session. The host key is judged before the credential is asked for (RFC
// 4253 section 8 before RFC 4252), so a false target learns nothing; what was agreed on is evidence before that, too.

import './packet-limit.ts'
import { timingSafeEqual } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import ssh2, { type Client } from 'ssh2'
import type { EndReason, SshEndpoint } from '../../../policy/index.ts'
import type { TargetCredential, TargetFacts, TargetLeg } from '../broker.ts'
import { openFirstWords } from './first-words.ts'
import { negotiatedOf, softwareOf } from './negotiated.ts'
import type { Carried } from './message-limits.ts'
import { writeInBatches } from './packet-socket.ts'
import { offerPostQuantum } from './post-quantum.ts'
import { algorithmsFor } from './target-algorithms.ts'
import { openTargetLogin } from './target-login.ts'

export interface DialOptions {
  readonly readyTimeoutMs: number
  readonly keepaliveMs: number
}

export type Dialled =
  | { readonly kind: 'connected'; readonly client: Client; readonly carried: Carried }
  | { readonly kind: 'failed'; readonly reason: EndReason; readonly text: string }

/** What dialling asks of the session, and tells it. */
export interface DialSession {
  /** Keys it may show, in OpenSSH form. */
  readonly hostKeys: readonly string[]
  /** Told of the connection as it is there, and with null as it is gone. */
  leg(leg: TargetLeg | null): void
  strangeHostKey(key: string): void
  /** Awaited before the credential is asked for. */
  negotiated(facts: TargetFacts): Promise<void>
  credential(): Promise<TargetCredential>
  /** What went wrong inside the gateway, for its log. */
  failed(error: unknown): void
}

const strangerText =
  'the target shows a host key that is not the pinned one: nothing was sent to it: ask the plant whether it was replaced, or whether something stands in between'
/** Told where no credential is to be had, or none that can be used. */
export const unusableText = 'the gateway holds no usable credential for this target: tell the plant'

/** The blob of an OpenSSH public key line. Whoever gives the line has checked that it is one. */
function blobOf(line: string): Buffer {
  return Buffer.from(line.split(' ')[1] ?? '', 'base64')
}

/** The line of a blob: its type is its first string (RFC 4253 section 6.6). */
export function lineOf(blob: Buffer): string {
  const length = blob.length < 4 ? 0 : blob.readUInt32BE(0)
  return `${blob.subarray(4, 4 + length).toString('latin1')} ${blob.toString('base64')}`
}

/** Both ends of a connected socket; null where it has none any more. */
function legOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): TargetLeg | null {
  if (!localAddress || !localPort || !remoteAddress || !remotePort) return null
  return {
    local: { address: localAddress, port: localPort },
    remote: { address: remoteAddress, port: remotePort },
  }
}

/** A clause for what ssh2 says went wrong before the login; null where it says no more than that. */
function handshakeText(message: string): string | null {
  const found = /no matching (.+)$/.exec(message)?.[1]
  const what = found?.includes('cipher') ? 'cipher' : found?.includes('MAC') ? 'MAC' : found
  return what === undefined ? null : `the target offers no ${what} that is good enough: ask the plant to renew it`
}

/**
 * Connects and logs in. Never throws: what can go wrong is an answer, with the sentence the user sees.
 */
export function dialTarget(
  endpoint: SshEndpoint,
  session: DialSession,
  options: DialOptions,
  signal: AbortSignal,
): Promise<Dialled> {
  return new Promise((resolve) => {
    const client = new ssh2.Client()
    const pinned = session.hostKeys.map(blobOf)
    const seconds = Math.round(options.readyTimeoutMs / 1000)
    let shown: Buffer | null = null
    let stranger = false
    let settled = false
    let software: string | null = null
    let kept: Promise<void> | null = null

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
    // An empty set never means any.
    if (pinned.length === 0)
      return fail('host-key-mismatch', 'no host key of the target is known yet: ask the plant to enrol it')
    signal.addEventListener('abort', abort, { once: true })

    client.on('error', (error: Error & { level?: string }) => {
      if (stranger) fail('host-key-mismatch', strangerText)
      else if (error.level === 'client-authentication')
        fail(
          'target-refused-login',
          'the target refused the credential the gateway holds for it: ask the plant to renew it',
        )
      else if (error.level === 'client-timeout' && software === null)
        fail('target-unreachable', `the target did not say within ${seconds} s that it speaks SSH: ask the plant`)
      else if (error.level === 'client-timeout')
        fail('target-unreachable', `the target did not let the gateway in within ${seconds} s: ask the plant`)
      else if (/no matching host key/.test(error.message))
        fail(
          'host-key-mismatch',
          'the target offers no host key of the pinned kind: ask the plant whether it was replaced',
        )
      else if (error.level === 'handshake' || (error.level === 'protocol' && software !== null))
        fail(
          'target-protocol',
          handshakeText(error.message) ?? 'the target and the gateway could not agree on keys: ask the plant',
        )
      else if (error.level === 'protocol') fail('target-unreachable', 'the target closed the connection before login')
      else
        fail('target-unreachable', 'the target does not answer: ask the plant whether it is switched on and connected')
    })
    client.on('ready', () => settle({ kind: 'connected', client, carried }))
    client.on('close', () => fail('target-unreachable', 'the target closed the connection before login'))
    client.on('handshake', (negotiated) => {
      if (kept !== null || shown === null) return
      software = softwareOf(client)
      const facts = { software, hostKey: lineOf(shown), algorithms: negotiatedOf(negotiated) }
      kept = session.negotiated(facts)
      // Whoever asks for the credential waits for it; nothing else hears that it failed.
      kept.catch(() => undefined)
    })

    const socket = connect({ host: endpoint.host, port: endpoint.port, noDelay: true })
    socket.once('connect', () => session.leg(legOf(socket)))
    socket.once('close', () => session.leg(null))
    const listen = openFirstWords()
    const look = (piece: Buffer): void => {
      const said = listen(piece)
      if (said.kind === 'more') return
      socket.off('data', look)
      if (said.kind === 'ssh') {
        software ??= ''
        return
      }
      fail(
        'target-protocol',
        `what answers there is no SSH server: ${said.text}: ask the plant whether it is the right one`,
      )
      socket.destroy()
    }
    // Before ssh2's own listener, which would take in whatever comes.
    socket.on('data', look)
    const carried = writeInBatches(socket)
    try {
      client.connect({
        sock: socket,
        username: endpoint.account,
        algorithms: algorithmsFor(endpoint, session.hostKeys),
        hostVerifier: (key: Buffer): boolean => {
          const known = pinned.some((pin) => pin.length === key.length && timingSafeEqual(pin, key))
          shown = key
          if (!known && !stranger) session.strangeHostKey(lineOf(key))
          stranger = !known
          return known
        },
        authHandler: openTargetLogin(client, {
          endpoint,
          async credential() {
            if (kept === null) throw new Error('the target asks for a login before it has shown its key')
            await kept.catch((error: unknown) => {
              fail('recorder-failed', 'the gateway cannot keep evidence at the moment: tell the plant')
              throw error
            })
            return session.credential()
          },
          failed(error) {
            session.failed(error)
            fail('target-refused-login', unusableText)
          },
        }),
        readyTimeout: options.readyTimeoutMs,
        keepaliveInterval: options.keepaliveMs,
        keepaliveCountMax: 3,
      })
      offerPostQuantum(client)
    } catch (error) {
      session.failed(error)
      fail('target-refused-login', unusableText)
    }
  })
}

// Public keys bound to the host (PROTOCOL of OpenSSH, section 3): a signature that also names the server's host key, so
// that what is signed for one server is of no use at another. OpenSSH uses it wherever a server offers it. ssh2 (1.17)
// knows neither this method nor what to answer to methods it does not know: it ends the connection.

import './packet-limit.ts'
import './packet-limit.ts'
import { createRequire } from 'node:module'
import type { Connection } from 'ssh2'
import { parsed, wireString, WireFault, WireReader } from '../../identity/certificates/wire.ts'
import { standBefore } from './message-handlers.ts'

const method = 'publickey-hostbound-v00@openssh.com'
const known: readonly unknown[] = ['none', 'password', 'publickey', 'hostbased', 'keyboard-interactive']
const userauthRequest = Buffer.from([50])
const isTrue = Buffer.from([1])

/** The algorithms ssh2 gives other names: the key's type, and the hash apart. */
const hashes: Readonly<Record<string, string>> = { 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512' }

interface Inside {
  readonly _authsQueue?: string[]
  readonly _kex?: { readonly sessionID?: Buffer; readonly negotiated?: { readonly serverHostKey: string } }
  readonly _hostKeys?: Readonly<Record<string, { getPublicSSH(): Buffer } | undefined>>
}
type ToAsn1 = (signature: Buffer, type: string) => Buffer | undefined

/** ssh2's own, for signatures as its keys verify them. */
const utils: unknown = createRequire(import.meta.url)('ssh2/lib/protocol/utils.js')
const toAsn1 = (utils as { sigSSHToASN1?: ToAsn1 }).sigSSHToASN1

interface Asked {
  readonly algorithm: string
  readonly key: Buffer
  readonly hostKey: Buffer
  readonly signature: Buffer | null
}

//  boolean   is there a signature
//  string    public key algorithm name
//  string    public key or certificate
//  string    server host key
//  string    signature, where there is one
function readAsked(bytes: Uint8Array): Asked | null {
  const read = parsed(() => {
    const reader = new WireReader(bytes)
    const isSigned = reader.byte('whether it is signed')
    if (isSigned > 1) throw new WireFault('byte 0: expected a boolean')
    const algorithm = reader.text('an algorithm')
    const [key, hostKey] = [reader.string('a key'), reader.string('a host key')]
    const signature = isSigned === 1 ? reader.string('a signature') : null
    reader.end('the request')
    return { algorithm, key, hostKey, signature }
  })
  return read.kind === 'ok' ? read.value : null
}

/** The signature as ssh2 would hand it on: of a certificate whole, of a key its value alone. */
function signatureFor(type: string, algorithm: string, whole: Buffer): Buffer | null {
  const read = parsed(() => {
    const reader = new WireReader(whole)
    const name = reader.text('an algorithm')
    return { name, value: reader.string('a signature') }
  })
  if (read.kind === 'malformed') return null
  if (algorithm.includes('-cert-')) return whole
  return read.value.name === algorithm ? (toAsn1?.(read.value.value, type) ?? null) : null
}

/**
 * Makes host-bound keys work as plain ones do, where they name a host key of ours, and unknown methods a try of `none`.
 * @throws when this ssh2 is not the version this was written for.
 */
export function takeHostBoundKeys(connection: Connection): void {
  if (!toAsn1) throw new Error('ssh2 reads signatures elsewhere than in 1.17')
  standBefore(connection, 'USERAUTH_REQUEST', (original) => (protocol, user, service, name, data) => {
    if (known.includes(name)) return original(protocol, user, service, name, data)
    const inside = protocol as Inside
    const { _authsQueue: queue, _kex: exchange, _hostKeys: hostKeys } = inside
    const [sessionId, ours] = [exchange?.sessionID, hostKeys?.[exchange?.negotiated?.serverHostKey ?? '']]
    if (!queue || !sessionId || !ours) throw new Error('ssh2 keeps what a login needs elsewhere than in 1.17')
    const answerAs = (as: string, given: unknown): void => {
      queue[queue.length - 1] = as
      original(protocol, user, service, as, given)
    }
    const asked = name === method && data instanceof Uint8Array ? readAsked(data) : null
    // A signature for another host: it was asked for there, and brought here.
    if (asked === null || !asked.hostKey.equals(ours.getPublicSSH())) return answerAs('none', null)
    const { algorithm, key, signature: whole } = asked
    const hashAlgo = hashes[algorithm]
    const keyAlgo = hashAlgo === undefined ? algorithm : 'ssh-rsa'
    if (whole === null) return answerAs('publickey', { keyAlgo, key, hashAlgo })
    const signature = signatureFor(keyAlgo, algorithm, whole)
    if (signature === null) return answerAs('none', null)
    const words = [user, service, method].map((word) => wireString(String(word)))
    const rest = [isTrue, wireString(algorithm), wireString(key), wireString(asked.hostKey)]
    const blob = Buffer.concat([wireString(sessionId), userauthRequest, ...words, ...rest])
    answerAs('publickey', { keyAlgo, key, hashAlgo, signature, blob })
  })
}

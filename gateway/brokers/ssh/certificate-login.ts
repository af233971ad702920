// Logs in to a target with an OpenSSH certificate (PROTOCOL.certkeys), which ssh2 (1.17) knows nothing of: the signed
// request of RFC 4252 section 7 is put together here and sent through ssh2's own packets. The algorithm named in the
// request is the certificate's, the one in the signature the key's; ssh2 would write the same twice.

import { createPrivateKey, sign } from 'node:crypto'
import type { Client } from 'ssh2'
import type { TargetCredential } from '../broker.ts'

/** SSH_MSG_USERAUTH_REQUEST. */
const userauthRequest = 50
const certificateType = 'ssh-ed25519-cert-v01@openssh.com'

interface Inside {
  readonly _protocol?: {
    readonly _kex?: { readonly sessionID?: Buffer }
    readonly _authsQueue?: string[]
    readonly _packetRW?: {
      readonly write?: {
        readonly allocStart: number
        alloc(length: number): Buffer
        finalize(packet: Buffer): Buffer
      }
    }
    readonly _cipher?: { encrypt(packet: Buffer): void }
    /** Set while keys are exchanged: what is not about that waits in `_queue`. */
    readonly _kexinit?: unknown
    _queue?: Buffer[]
  }
}

/** RFC 4251 section 5: a length and the bytes. */
function string(value: string | Uint8Array): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

//  byte    SSH_MSG_USERAUTH_REQUEST
//  string  user name
//  string  "ssh-connection"
//  string  "publickey"
//  boolean TRUE
//  string  public key algorithm name
//  string  public key: the certificate
//  string  signature: over the session id as a string, and everything above
export function certificateRequest(
  sessionId: Uint8Array,
  account: string,
  { certificate, key }: TargetCredential & { readonly kind: 'certificate' },
): Buffer {
  const asked = Buffer.concat([
    Buffer.from([userauthRequest]),
    string(account),
    string('ssh-connection'),
    string('publickey'),
    Buffer.from([1]),
    string(certificateType),
    string(certificate),
  ])
  const signature = sign(null, Buffer.concat([string(sessionId), asked]), createPrivateKey(key.expose()))
  return Buffer.concat([asked, string(Buffer.concat([string('ssh-ed25519'), string(signature)]))])
}

/**
 * Sends the request. The answer comes as ssh2's own.
 * @throws when ssh2 is not the version this was written for.
 */
export function logInByCertificate(
  client: Client,
  account: string,
  credential: TargetCredential & { readonly kind: 'certificate' },
): void {
  const protocol = (client as unknown as Inside)._protocol
  const sessionId = protocol?._kex?.sessionID
  const writer = protocol?._packetRW?.write
  const cipher = protocol?._cipher
  if (!protocol?._authsQueue || !sessionId || !writer || !cipher)
    throw new Error('ssh2 keeps what a login needs elsewhere than in 1.17')
  const request = certificateRequest(sessionId, account, credential)
  const packet = writer.alloc(request.length)
  packet.set(request, writer.allocStart)
  protocol._authsQueue.push('publickey')
  const sealed = writer.finalize(packet)
  if (protocol._kexinit === undefined) cipher.encrypt(sealed)
  else (protocol._queue ??= []).push(sealed)
}

// Puts the hybrid key exchange (hybrid-exchange.ts) around ssh2 (1.17), which has no way to add one. ssh2 is offered the
// name; where both sides agree on it, ssh2 is shown its own curve25519-sha256 in that place, and the exchange object it
// makes for it gets other secrets before it begins. Exchange hash, signature, strict mode and keys are ssh2's own, and the
// hash is over what the peer really sent.

import type { Client, Connection } from 'ssh2'
import { WireFault, WireReader, parsed, wireString } from '../../identity/certificates/wire.ts'
import { clientExchange, serverExchange, type HybridExchange } from './hybrid-exchange.ts'
import { changeOffer } from './offer.ts'
import { watchPayloads } from './payload-watch.ts'

export const hybridName = 'mlkem768x25519-sha256'
/** Its hash is SHA-256, too, and its messages have the same form. */
const standIn = 'curve25519-sha256'
const kexInit = 20
const cookieEnd = 17

interface Exchange {
  readonly hashName?: string
  readonly negotiated: { kex: string }
  _remoteKexinit?: Buffer
  getPublicKey(): Buffer
  convertPublicKey(key: Buffer): Buffer
  computeSecret(key: Buffer): Buffer | Error
}
interface Inside {
  readonly _protocol?: {
    readonly _server?: boolean
    _kex?: Exchange
  }
}

/**
 * Offers the hybrid exchange before all others, and does it where the peer takes it. For a client of ours: right after
 * `connect`; for a connection to us: as soon as there is one, before its first message.
 * @throws when this ssh2 is not the version this was written for.
 */
export function offerPostQuantum(connection: Client | Connection): void {
  const protocol = (connection as unknown as Inside)._protocol
  if (!protocol) throw new Error('ssh2 keeps its protocol elsewhere than in 1.17')
  const isServer = protocol._server === true
  let ours: readonly string[] = []
  changeOffer(connection, ({ kex, serverHostKey }) => {
    if (!kex.includes(standIn)) throw new Error(`ssh2 was not asked to offer ${standIn}`)
    ours = [hybridName, ...kex]
    return { kex: ours, serverHostKey }
  })
  /** What the peer sent, where the next exchange is to be the hybrid one. */
  let agreed: Buffer | null = null

  watchPayloads(connection, (payload) => {
    agreed = null
    if (payload[0] !== kexInit) return payload
    const shown = inDisguise(payload, ours, isServer)
    if (shown === null) return payload
    agreed = payload
    return shown
  })

  // ssh2 sets the exchange and begins it in the same call: this is the moment between.
  let current = protocol._kex
  Object.defineProperty(protocol, '_kex', {
    configurable: true,
    get: () => current,
    set(made: Exchange | undefined) {
      current = made
      if (made && agreed) become(made, agreed, isServer ? serverExchange() : clientExchange())
      agreed = null
    },
  })
}

/**
 * The peer's KEXINIT with the stand-in where the hybrid name is, if that is what both agree on (RFC 4253 section 7.1: the
 * first of the client's names that the server has, too); null where it is not, or where it cannot be read: ssh2 says so.
 */
export function inDisguise(payload: Buffer, ours: readonly string[], isServer: boolean): Buffer | null {
  const read = parsed(() => {
    if (payload.length < cookieEnd) throw new WireFault('expected a cookie')
    const reader = new WireReader(payload.subarray(cookieEnd))
    return { theirs: reader.text('key exchange methods').split(','), end: cookieEnd + reader.at }
  })
  if (read.kind === 'malformed') return null
  const { theirs, end } = read.value
  const [client, server] = isServer ? [theirs, ours] : [ours, theirs]
  if (client.find((name) => server.includes(name)) !== hybridName) return null
  // Each keeps its place, because a peer may have sent its guess already (RFC 4253 section 7). Where the choice is ours,
  // nothing else must be found at the peer before the stand-in.
  const nothing = 'none@sallyport'
  const shown = theirs.map((name) =>
    name === hybridName ? standIn : !isServer && ours.includes(name) ? nothing : name,
  )
  return Buffer.concat([payload.subarray(0, cookieEnd), wireString(shown.join(',')), payload.subarray(end)])
}

function become(made: Exchange, received: Buffer, hybrid: HybridExchange): void {
  if (made.hashName !== 'sha256' || !('_remoteKexinit' in made))
    throw new Error('ssh2 makes its key exchanges elsewhere than in 1.17')
  made._remoteKexinit = received
  made.negotiated.kex = hybridName
  made.getPublicKey = () => hybrid.public
  made.convertPublicKey = (key) => key
  made.computeSecret = (key) => {
    try {
      return hybrid.secret(key)
    } catch (error) {
      // ssh2 ends the connection with it.
      if (error instanceof Error) return error
      throw error
    }
  }
}

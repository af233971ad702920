// What one connection offers in its key exchange, changed after ssh2 (1.17) has put it together: ssh2 lets nobody add a
// method, and offers SHA-1 with every RSA host key. What is offered is what can be agreed on.

import type { Client, Connection } from 'ssh2'

interface Names {
  readonly array: readonly string[]
}
type Direction = Readonly<Record<'cipher' | 'mac' | 'compress' | 'lang', Names>>
interface Offer {
  readonly constructor: unknown
  readonly lists: {
    readonly kex: Names
    readonly serverHostKey: Names
    readonly cs: Direction
    readonly sc: Direction
  }
}
interface Inside {
  readonly _protocol?: { _offer?: Offer }
}

/** The two lists that are changed here. */
export interface Offered {
  readonly kex: readonly string[]
  readonly serverHostKey: readonly string[]
}

/**
 * Changes what is offered; in time only before the peer has named its version.
 * @throws when this ssh2 keeps it elsewhere; the connection must not be served then.
 */
export function changeOffer(connection: Client | Connection, change: (offered: Offered) => Offered): void {
  const protocol = (connection as unknown as Inside)._protocol
  const lists = protocol?._offer?.lists
  if (!protocol?._offer || !lists?.kex || !lists.serverHostKey)
    throw new Error('ssh2 keeps what it offers elsewhere than in 1.17')
  const plain = ({ cipher, mac, compress, lang }: Direction) => ({
    cipher: cipher.array,
    mac: mac.array,
    compress: compress.array,
    lang: lang.array,
  })
  const Made = protocol._offer.constructor as new (lists: object) => Offer
  const changed = change({ kex: lists.kex.array, serverHostKey: lists.serverHostKey.array })
  protocol._offer = new Made({ ...changed, cs: plain(lists.cs), sc: plain(lists.sc) })
}

/** No signature of a host key is made with SHA-1. */
export function offerNoSha1(connection: Connection): void {
  changeOffer(connection, ({ kex, serverHostKey }) => ({
    kex,
    serverHostKey: serverHostKey.filter((name) => name !== 'ssh-rsa'),
  }))
}

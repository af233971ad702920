// The hybrid key exchange mlkem768x25519-sha256 (draft-ietf-sshm-mlkem-hybrid-kex): ML-KEM-768 (FIPS 203) and X25519 at
// once, so that what is recorded today stays closed when one of them falls. Only the secrets are made here; the messages,
// the exchange hash and the keys stay ssh2's (post-quantum.ts puts one in the place of the other).

import {
  createHash,
  createPublicKey,
  decapsulate,
  diffieHellman,
  encapsulate,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'

/*
  C_INIT   the client's encapsulation key (1184 bytes), then its X25519 key (32)
  S_REPLY  the ciphertext (1088 bytes), then the server's X25519 key (32)
  K        SHA-256 over both secrets, the post-quantum one first; everywhere as a string, not as an mpint
*/
const lengths = { encapsulationKey: 1184, ciphertext: 1088, point: 32 } as const

/** DER of a public key with nothing but the key left out (RFC 9935 section 4, RFC 8410 section 4). */
const derBefore = {
  mlkem: Buffer.from('308204b2300b0609608648016503040402038204a100', 'hex'),
  x25519: Buffer.from('302a300506032b656e032100', 'hex'),
} as const

const publicKey = (kind: keyof typeof derBefore, raw: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([derBefore[kind], raw]), type: 'spki', format: 'der' })

const rawOf = (kind: keyof typeof derBefore, key: KeyObject): Buffer =>
  key.export({ type: 'spki', format: 'der' }).subarray(derBefore[kind].length)

const combined = (postQuantum: Uint8Array, classical: Uint8Array): Buffer =>
  createHash('sha256').update(postQuantum).update(classical).digest()

export interface HybridExchange {
  /** What this side sends: C_INIT, or S_REPLY once the secret has been made. */
  readonly public: Buffer
  /**
   * The shared secret K.
   * @throws when what the other side sent is no such message, or makes no secret.
   */
  secret(received: Uint8Array): Buffer
}

function split(received: Uint8Array, first: number): readonly [Uint8Array, Uint8Array] {
  if (received.length !== first + lengths.point)
    throw new Error(`hybrid key exchange: expected ${first + lengths.point} bytes, got ${received.length}`)
  return [received.subarray(0, first), received.subarray(first)]
}

export function clientExchange(): HybridExchange {
  const mlkem = generateKeyPairSync('ml-kem-768')
  const x25519 = generateKeyPairSync('x25519')
  return {
    public: Buffer.concat([rawOf('mlkem', mlkem.publicKey), rawOf('x25519', x25519.publicKey)]),
    secret(received) {
      const [ciphertext, point] = split(received, lengths.ciphertext)
      const theirs = publicKey('x25519', point)
      return combined(
        decapsulate(mlkem.privateKey, ciphertext),
        diffieHellman({ privateKey: x25519.privateKey, publicKey: theirs }),
      )
    },
  }
}

export function serverExchange(): HybridExchange {
  let reply: Buffer | null = null
  return {
    get public() {
      if (reply === null) throw new Error('hybrid key exchange: there is no answer before the client has asked')
      return reply
    },
    secret(received) {
      const [encapsulationKey, point] = split(received, lengths.encapsulationKey)
      const x25519 = generateKeyPairSync('x25519')
      const { ciphertext, sharedKey } = encapsulate(publicKey('mlkem', encapsulationKey))
      const classical = diffieHellman({ privateKey: x25519.privateKey, publicKey: publicKey('x25519', point) })
      reply = Buffer.concat([ciphertext, rawOf('x25519', x25519.publicKey)])
      return combined(sharedKey, classical)
    },
  }
}

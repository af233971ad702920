// What stands in the index instead of words. A word is a code: HMAC-SHA-256 under a key that lies beside the data, never
// in it, so that whoever gets hold of the index alone cannot read a word of it, nor look whether a word they think of is
// there. The passages themselves are kept encrypted, for showing hits and for judging them.
//
// Kept, and not read from the recording for each hit: a recording may be in object storage by then, its lines can only be
// made by reading it from its beginning, and without the text neither separators nor prefixes could be judged.
//
// KNOWN GAP: codes tell how often one and the same word occurs and beside which others, but not which word it is. Who
// knows much of the content may guess some of it from that. Where this is too much: `evidence.search: off`.

import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'
const nonceBytes = 12
const tagBytes = 16
/** No passage or state is larger; a value that was altered cannot ask for more. */
const maxOpened = 4 << 20
const keptCodes = 50_000

/** Lengths in characters under which the beginning of a word is indexed. */
export const prefixLengths = [2, 4, 6] as const

/** The longest indexed beginning of what is looked for; null where it is too short. */
export function prefixFor(text: string): string | null {
  const characters = Array.from(text)
  const length = prefixLengths.findLast((each) => each <= characters.length)
  return length === undefined ? null : characters.slice(0, length).join('')
}

export class BlindKeys {
  readonly #words: KeyObject
  readonly #prefixes: KeyObject
  readonly #fields: KeyObject
  readonly #texts: Uint8Array
  readonly #codes = new Recent<string>()
  readonly #begins = new Recent<readonly string[]>()
  #last: { readonly session: string; readonly key: KeyObject } | null = null

  /** @param key 32 bytes. */
  constructor(key: Uint8Array) {
    const derive = (what: string): Buffer =>
      Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `sallyport/search/v1/${what}`, 32))
    this.#words = createSecretKey(derive('words'))
    this.#prefixes = createSecretKey(derive('prefixes'))
    this.#fields = createSecretKey(derive('fields'))
    this.#texts = derive('texts')
  }

  /** The code of a word: 50 bits as ten letters and digits. Two words seldom share one, and match.ts sees it. */
  word(token: string): string {
    const known = this.#codes.get(token)
    if (known !== undefined) return known
    const code = codeOf(this.#words, token)
    this.#codes.set(token, code)
    return code
  }

  prefix(text: string): string {
    return codeOf(this.#prefixes, text)
  }

  /** The codes of a word's beginnings. */
  prefixesOf(token: string): readonly string[] {
    const known = this.#begins.get(token)
    if (known !== undefined) return known
    const characters = Array.from(token)
    const codes = prefixLengths
      .filter((length) => length <= characters.length)
      .map((length) => this.prefix(characters.slice(0, length).join('')))
    this.#begins.set(token, codes)
    return codes
  }

  /** The code of a session's value, as who or where it was. */
  field(name: string, value: string): string {
    return codeOf(this.#fields, `${name}\0${value}`)
  }

  /** Encrypts a value of a session. What it is, as `channel/0`, is bound in, so that no value stands for another. */
  seal(session: string, what: string, value: unknown): Uint8Array {
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', this.#keyOf(session), nonce).setAAD(Buffer.from(`${session}/${what}`))
    const packed = deflateRawSync(JSON.stringify(value), { level: 3 })
    return Buffer.concat([nonce, cipher.update(packed), cipher.final(), cipher.getAuthTag()])
  }

  /** The value; null when it was altered, or sealed as something else. */
  open(session: string, what: string, sealed: Uint8Array): unknown {
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
    if (bytes.length < nonceBytes + tagBytes) return null
    const decipher = createDecipheriv('aes-256-gcm', this.#keyOf(session), bytes.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    })
      .setAAD(Buffer.from(`${session}/${what}`))
      .setAuthTag(bytes.subarray(-tagBytes))
    const packed = decipher.update(bytes.subarray(nonceBytes, -tagBytes))
    try {
      decipher.final()
    } catch (error) {
      // OpenSSL has one way to say that a tag does not fit; anything else is not about this value.
      if (error instanceof Error && /authenticat/i.test(error.message)) return null
      throw error
    }
    return JSON.parse(inflateRawSync(packed, { maxOutputLength: maxOpened }).toString('utf8'))
  }

  /** One key a session: far fewer values under a key than random nonces allow. */
  #keyOf(session: string): KeyObject {
    if (this.#last?.session !== session) {
      const key = hkdfSync('sha256', this.#texts, Buffer.alloc(0), `sallyport/search/v1/session/${session}`, 32)
      this.#last = { session, key: createSecretKey(Buffer.from(key)) }
    }
    return this.#last.key
  }
}

function codeOf(key: KeyObject, text: string): string {
  const digest = createHmac('sha256', key).update(text).digest()
  let code = ''
  for (let bit = 0; bit < 50; bit += 5) {
    const pair = (digest.readUInt16BE(bit >> 3) >> (11 - (bit & 7))) & 31
    code += alphabet[pair]
  }
  return code
}

/** What was asked for not long ago. */
class Recent<T> {
  #young = new Map<string, T>()
  #old = new Map<string, T>()

  get(key: string): T | undefined {
    const known = this.#young.get(key)
    if (known !== undefined) return known
    const older = this.#old.get(key)
    if (older !== undefined) this.set(key, older)
    return older
  }

  set(key: string, value: T): void {
    if (this.#young.size >= keptCodes) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, value)
  }
}

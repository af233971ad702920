// Files of any size as age files (age-encryption.org/v1), so that `age -d` opens them and none of our code is needed.
// The header is age-encryption's; the payload, 64 KiB a piece, is encrypted by the runtime's own ChaCha20-Poly1305, which
// is several times as fast as one in JavaScript.
//
//   header, as the library writes it: stanzas for each recipient, and its MAC
//   nonce      16 bytes, random
//   payload    STREAM: chunks of 65,536 bytes and a 16-byte tag, the last shorter
//              key    HKDF-SHA-256(ikm = file key, salt = nonce, info = "payload"), 32 bytes
//              nonce  11 bytes counter, most significant first, and 1 byte: 1 for the last chunk, else 0

import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { open } from 'node:fs/promises'
import { encrypterFor } from './wrapped-key.ts'

const chunkBytes = 64 * 1024
const nonceBytes = 16
const tagBytes = 16

/**
 * Writes this content as an age file for these recipients, to a file made anew; when it resolves it is durable.
 * @param content pieces of any size, as they come.
 * @returns the bytes of the content.
 * @throws RecorderError `invalid-argument` for recipients; whatever the disk says. A half file is then left at `path`.
 */
export async function writeAgeFile(
  path: string,
  recipients: readonly string[],
  content: AsyncIterable<Uint8Array>,
): Promise<number> {
  const { header, fileKey } = await ageHeader(recipients)
  const nonce = randomBytes(nonceBytes)
  const key = new Uint8Array(hkdfSync('sha256', fileKey, nonce, 'payload', 32))
  fileKey.fill(0)
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(Buffer.concat([header, nonce]))
    let counter = 0
    let held = Buffer.alloc(0)
    let total = 0
    for await (const piece of content) {
      total += piece.length
      held = held.length === 0 ? Buffer.from(piece) : Buffer.concat([held, piece])
      // The last chunk is told apart, so one that may be the last waits.
      while (held.length > chunkBytes) {
        await file.writeFile(sealChunk(key, counter++, false, held.subarray(0, chunkBytes)))
        held = held.subarray(chunkBytes)
      }
    }
    await file.writeFile(sealChunk(key, counter, true, held))
    await file.sync()
    return total
  } finally {
    key.fill(0)
    await file.close()
  }
}

/** The header of a file for these recipients, and the file key it wraps. */
async function ageHeader(recipients: readonly string[]): Promise<{ header: Buffer; fileKey: Buffer }> {
  const encrypter = encrypterFor(recipients)
  let fileKey: Buffer | null = null
  // A recipient of our own that adds nothing to the header, and hears the key that the others wrap.
  encrypter.addRecipient({
    wrapFileKey(key) {
      fileKey = Buffer.from(key)
      return []
    },
  })
  const empty = Buffer.from(await encrypter.encrypt(new Uint8Array()))
  if (fileKey === null) throw new Error('age: expected the library to ask every recipient')
  return { header: empty.subarray(0, empty.length - nonceBytes - tagBytes), fileKey }
}

function sealChunk(key: Uint8Array, counter: number, isLast: boolean, chunk: Uint8Array): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUIntBE(counter, 5, 6)
  nonce[11] = isLast ? 1 : 0
  const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: tagBytes })
  return Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()])
}

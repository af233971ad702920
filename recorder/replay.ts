// Reading a recording back: its frames decrypted, in order, in constant memory. Whether it is genuine is verify's
// question; a frame that does not authenticate is never given out, though.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { RecorderError } from './errors.ts'
import { decodeFrame, decryptFrame, type Frame } from './frame.ts'
import { channelKey, keyCommitment } from './session-key.ts'
import { channelText, sealFile, streamFile } from './layout.ts'
import { readManifest } from './manifest.ts'
import { scanFrames, streamHeader } from './stream.ts'

/**
 * The frames of one channel. Reads sealed recordings and the prefix of live or interrupted ones: without a seal, a torn
 * last frame is simply the end.
 * @throws RecorderError `unreadable`; `wrong-key`; `corrupt` at the first frame that is not what FORMAT.md says, and at
 * a torn end under a seal. Frames before it have been given out.
 */
export async function* readFrames(dir: string, key: Uint8Array, channel: number): AsyncGenerator<Frame, void> {
  const { manifest, digest } = await readManifest(dir)
  if (keyCommitment(key) !== manifest.key.commitment)
    throw new RecorderError('wrong-key', 'session key: not the one the manifest commits to')
  const where = `stream ${channelText(channel)}`
  const streamKey = channelKey(key, channel)
  const path = join(dir, streamFile(channel))
  const scan = scanFrames(path, streamHeader(manifest.session, channel, digest))
  try {
    for (;;) {
      const next = await scan.next()
      if (next.done === true) {
        const end = next.value
        if (end.kind === 'invalid') throw new RecorderError('corrupt', `${where}: byte ${end.offset}: ${end.reason}`)
        if (end.kind === 'torn' && existsSync(join(dir, sealFile)))
          throw new RecorderError('corrupt', `${where}: byte ${end.offset}: ends in the middle of a frame`)
        return
      }
      const plaintext = decryptFrame(streamKey, next.value)
      if (plaintext === null)
        throw new RecorderError('corrupt', `${where}: byte ${next.value.offset}: frame does not authenticate`)
      yield decodeFrame(next.value, plaintext)
    }
  } finally {
    await scan.return({ kind: 'whole', offset: 0 })
  }
}

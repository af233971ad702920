// Reading a recording back: its frames decrypted, in order, in constant memory. Whether it is genuine is verify's
// question; a frame that does not authenticate is never given out, though.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { RecorderError } from './errors.ts'
import { decodeFrame, decryptFrame, type Frame } from './frame.ts'
import { channelKey, keyCommitment } from './session-key.ts'
import { channelText, sealFile, streamFile } from './layout.ts'
import { readManifest } from './manifest.ts'
import { type FramePosition, scanFrames, streamHeader } from './stream.ts'

/** A frame, and the byte in the file at which the next one begins. */
export type PlacedFrame = Frame & { readonly end: number }

/**
 * The frames of one channel. Reads sealed recordings and the prefix of live or interrupted ones: without a seal, a torn
 * last frame is simply the end.
 * @throws RecorderError `unreadable`; `wrong-key`; `corrupt` at the first frame that is not what FORMAT.md says, and at
 * a torn end under a seal. Frames before it have been given out.
 */
export function readFrames(dir: string, key: Uint8Array, channel: number): AsyncGenerator<Frame, void> {
  return readFramesFrom(dir, key, channel, null)
}

/**
 * The same, beginning with the frame at a position that an earlier reading found; null begins with the first. A position
 * that is none gives no wrong frame: the number of a frame is in its nonce, so nothing else authenticates there.
 * @throws RecorderError as `readFrames`.
 */
export async function* readFramesFrom(
  dir: string,
  key: Uint8Array,
  channel: number,
  from: FramePosition | null,
): AsyncGenerator<PlacedFrame, void> {
  const { manifest, digest } = await readManifest(dir)
  if (keyCommitment(key) !== manifest.key.commitment)
    throw new RecorderError('wrong-key', 'session key: not the one the manifest commits to')
  const where = `stream ${channelText(channel)}`
  const streamKey = channelKey(key, channel)
  const path = join(dir, streamFile(channel))
  const scan = scanFrames(path, streamHeader(manifest.session, channel, digest), from)
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
      const end = next.value.offset + next.value.bytes.length
      yield { ...decodeFrame(next.value, plaintext), end }
    }
  } finally {
    await scan.return({ kind: 'whole', offset: 0 })
  }
}

/** The opening frame of a channel; null where there is none yet. @throws RecorderError as `readFrames`. */
export async function readOpening(
  dir: string,
  key: Uint8Array,
  channel: number,
): Promise<(Frame & { readonly kind: 'open' }) | null> {
  for await (const frame of readFrames(dir, key, channel)) return frame.kind === 'open' ? frame : null
  return null
}

// What a recording holds, read with the recorder's own functions and the replay identity: for comparing with what
// crossed.

import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { parseSessionId } from '../../policy/index.ts'
import { readFrames, recordingDir, RecorderError, unwrapSessionKey, type Frame } from '../../recorder/index.ts'
import { everyRecording } from '../../gateway/evidence/live-folders.ts'
import type { Stage } from '../../gateway/demo/stage.ts'
import { eventually } from './eventually.ts'

export interface RecordedChannel {
  readonly frames: readonly Frame[]
  readonly in: Buffer
  readonly out: Buffer
  readonly err: Buffer
  /** What the gateway itself wrote to the user. */
  readonly notices: readonly string[]
}

/** Folder of a session's recording, wherever it stands. */
export function recordingOf({ config }: Stage, session: string): string {
  const parsed = parseSessionId(session)
  if (parsed.kind === 'malformed') throw new Error(parsed.reason)
  const root = join(config.dataFolder, 'recordings')
  return everyRecording(root).get(parsed.id) ?? recordingDir(root, parsed.id)
}

/** One channel of a session, sealed, live or interrupted. */
export async function readRecorded(stage: Stage, session: string, channel = 0): Promise<RecordedChannel> {
  const identity = stage.pki.contents['replay.agekey'].split('\n').find((line) => line.startsWith('AGE-SECRET-KEY-1'))
  // While it is brought from its worker's folder to its place it may be at neither.
  const frames = await eventually('the recording can be read', async () => {
    const dir = recordingOf(stage, session)
    try {
      return await Array.fromAsync(readFrames(dir, await unwrapSessionKey(dir, [identity ?? '']), channel))
    } catch (error) {
      if (error instanceof RecorderError && error.code === 'unreadable' && !existsSync(dir)) return null
      throw error
    }
  })
  const bytes = (direction: 'in' | 'out' | 'err'): Buffer =>
    Buffer.concat(
      frames.flatMap((frame) => (frame.kind === 'data' && frame.direction === direction ? [frame.bytes] : [])),
    )
  return {
    frames,
    in: bytes('in'),
    out: bytes('out'),
    err: bytes('err'),
    notices: frames.flatMap((frame) => (frame.kind === 'notice' ? [frame.text] : [])),
  }
}

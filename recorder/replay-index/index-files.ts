// The two files a replay index stands in (FORMAT.md section 6.4): `NNNN.index`, replaced whole, and `NNNN.screens`, appended
// to. What cannot be read back is not there: the index is made again.

import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, RecorderError, systemCode } from '../errors.ts'
import { channelText } from '../layout.ts'
import { openRegular } from '../regular-file.ts'
import { isTracks, type Tracks } from '../screen-events.ts'
import { closeBox, indexKey, openBox } from './sealed-box.ts'
import { indexBytes, type Keyframe, parseIndex, type ReplayIndex } from './replay-index.ts'

/** A screen, and where the texts of the channel stood when it was that. */
export interface Screen {
  /** Drawn on a terminal of its size in whatever state, makes the screen. */
  readonly text: string
  readonly tracks: Tracks
}

/** Which index: its folder, the recording's manifest digest (hex), the channel, and the session key. */
export interface IndexPlace {
  readonly folder: string
  readonly manifest: string
  readonly channel: number
  readonly key: Uint8Array
}

/** Larger than any index within its bounds. */
const maxIndexBytes = 64 << 20
/** A screen that takes more is not kept. */
export const maxScreenBytes = 4 << 20

const indexFile = ({ folder, channel }: IndexPlace): string => join(folder, `${channelText(channel)}.index`)
const screensFile = ({ folder, channel }: IndexPlace): string => join(folder, `${channelText(channel)}.screens`)
const indexName = ({ manifest, channel }: IndexPlace): string => `index ${manifest} ${channelText(channel)}`
// Named by its frame too: where a living channel had its latest screen, a later one stands soon.
const screenName = ({ manifest, channel }: IndexPlace, offset: number, frame: number): string =>
  `screen ${manifest} ${channelText(channel)} ${offset} ${frame}`

/** The index as it was written last; null where there is none that can be read. */
export async function readIndex(place: IndexPlace): Promise<ReplayIndex | null> {
  const box = await readPart(indexFile(place), 0, null)
  if (box === null) return null
  const bytes = openBox(indexKey(place.key, place.channel), indexName(place), box)
  return bytes === null ? null : parseIndex(bytes)
}

/** The screen of a keyframe; null where it cannot be read. */
export async function readScreen(place: IndexPlace, keyframe: Keyframe): Promise<Screen | null> {
  const { offset, length } = keyframe.box
  const box = await readPart(screensFile(place), offset, length)
  if (box === null) return null
  const bytes = openBox(indexKey(place.key, place.channel), screenName(place, offset, keyframe.index), box)
  return bytes === null ? null : parseScreen(bytes)
}

/** Writes screens one after the other, and at last the index that names them. */
export interface IndexWriter {
  /** Keeps the screen before a frame. Where its box stands; null where the screen is too large to be kept. */
  screen(screen: Screen, frame: number): Promise<Keyframe['box'] | null>
  /** The index takes the place of the one before. */
  finish(index: ReplayIndex): Promise<void>
  close(): Promise<void>
}

/**
 * @param length bytes of the file of screens that the index goes on from; 0 begins anew.
 * @throws RecorderError `unreadable` where the folder cannot be written.
 */
export async function openIndexWriter(place: IndexPlace, length: number): Promise<IndexWriter> {
  const key = indexKey(place.key, place.channel)
  const written = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (cause) {
      throw new RecorderError('unreadable', `replay index: ${messageOf(cause)}`, { cause })
    }
  }
  const screens = await written(async () => {
    await mkdir(place.folder, { recursive: true, mode: 0o700 })
    const file = await open(screensFile(place), length === 0 ? 'w' : 'r+', 0o600)
    // What a run before wrote and no index names.
    await file.truncate(length)
    return file
  })
  let end = length
  return {
    screen: (screen, frame) =>
      written(async () => {
        const bytes = Buffer.from(JSON.stringify(screen), 'utf8')
        if (bytes.length > maxScreenBytes) return null
        const box = closeBox(key, screenName(place, end, frame), bytes)
        await screens.write(box, 0, box.length, end)
        const at = { offset: end, length: box.length }
        end += box.length
        return at
      }),
    finish: (index) =>
      written(async () => {
        // The screens are on the disk before an index names them.
        await screens.datasync()
        const draft = `${indexFile(place)}.tmp`
        const file = await open(draft, 'w', 0o600)
        try {
          await file.writeFile(closeBox(key, indexName(place), indexBytes(index)))
          await file.datasync()
        } finally {
          await file.close()
        }
        await rename(draft, indexFile(place))
      }),
    close: () => screens.close(),
  }
}

/** Removes the indexes of a recording, all channels. */
export async function removeIndexes(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
}

/** Null where the file is missing, or has not so many bytes there. */
async function readPart(path: string, offset: number, length: number | null): Promise<Buffer | null> {
  try {
    const { file, stats } = await openRegular(path)
    try {
      const wanted = length ?? stats.size
      if (wanted > maxIndexBytes || offset + wanted > stats.size) return null
      const buffer = Buffer.alloc(wanted)
      const { bytesRead } = await file.read(buffer, 0, wanted, offset)
      return bytesRead === wanted ? buffer : null
    } finally {
      await file.close()
    }
  } catch (cause) {
    if (cause instanceof RecorderError && systemCode(cause.cause) === 'ENOENT') return null
    throw cause
  }
}

function parseScreen(bytes: Buffer): Screen | null {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    if (typeof value !== 'object' || value === null || !('text' in value) || !('tracks' in value)) return null
    const { text, tracks } = value
    return typeof text === 'string' && isTracks(tracks) ? { text, tracks } : null
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return null
  }
}

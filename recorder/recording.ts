// Writing a recording (FORMAT.md section 1): its folder, its channels, syncing, and the seal. Reading one is replay.ts;
// what a crash left is interrupted.ts.

import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { again, channelMetaPayload, ChannelWriter, type RecordingState } from './channel.ts'
import { sha256Hex } from './digest.ts'
import { allOf, type Disk, isFull, realDisk, writeAll, writeDurable } from './disk.ts'
import { messageOf, RecorderError } from './errors.ts'
import type { ChannelMeta } from './frame.ts'
import { sealPrefix } from './interrupted.ts'
import { channelKey, keyCommitment, makeSessionKey } from './session-key.ts'
import { wrapSessionKey } from './wrapped-key.ts'
import {
  folderState,
  keyFile,
  manifestFile,
  maxChannels,
  openingDir,
  recordingDir,
  reserveFile,
  streamFile,
} from './layout.ts'
import { manifestBytes, recordingFormat, type RecordingMeta } from './manifest.ts'
import { type LaterSigner, signNoteLater } from './note.ts'
import { checkReason, placeSeal, type SealStatus, sealText } from './seal.ts'
import { type StreamHead, streamHeader } from './stream.ts'
import { Waiting } from './waiting.ts'

export interface RecordingOptions {
  /** Folder that holds the recordings; it must exist. */
  readonly root: string
  /** `ses_` and 26 characters. */
  readonly sessionId: string
  readonly meta: RecordingMeta
  /** age X25519 recipients: the replay service and the offline escrow. */
  readonly recipients: readonly string[]
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  /** Nanoseconds of a clock that does not step; only differences are used. */
  readonly monotonic: () => bigint
  readonly signer: LaterSigner
  /**
   * A full disk does not end the recording: frames wait in memory until `tryAgain` finds room (`onWaiting`), so nothing
   * more is to be sent meanwhile. If not given, it ends.
   */
  readonly waitsForRoom?: boolean
  readonly disk?: Disk
}

export interface SealResult {
  /** SHA-256 of the seal file, hex. */
  readonly sealDigest: string
  /** `interrupted` whatever was asked for, once a write or sync has failed. */
  readonly status: SealStatus
  readonly channels: number
  readonly frames: number
}

/** Space kept for the seal, which needs at most 130 bytes a channel. */
const reserveBytes = 64 << 10
const channelsPerReserve = 256

/**
 * Begins a recording: when it resolves, its folder, manifest and wrapped key are on stable storage.
 * @throws RecorderError `invalid-argument`, `exists`, or `open-failed`; then there is no recording of that name from us.
 */
export async function createRecording(options: RecordingOptions): Promise<Recording> {
  const disk = options.disk ?? realDisk
  const dir = recordingDir(options.root, options.sessionId)
  const opening = openingDir(options.root, options.sessionId)
  const key = makeSessionKey()
  const wrapped = await wrapSessionKey(key, options.recipients)
  const openedAt = clockReading(options.now())
  const manifest = manifestBytes({
    format: recordingFormat,
    session: options.sessionId,
    openedAt,
    meta: options.meta,
    key: { age: sha256Hex(wrapped), commitment: keyCommitment(key), recipients: [...options.recipients] },
  })
  if (folderState(dir) !== 'missing')
    throw new RecorderError('exists', `recording of session \`${options.sessionId}\`: is there already`)
  try {
    disk.makeDir(opening)
    await allOf([
      writeDurable(disk, join(opening, keyFile), wrapped),
      writeDurable(disk, join(opening, manifestFile), manifest),
      // Random, so that a file system that compresses keeps real space for it.
      writeDurable(disk, join(opening, reserveFile), randomBytes(reserveBytes)),
      // All three are made by now: what is waited for is only that they are stable.
      disk.syncDir(opening),
    ])
    // The folder gets its name only now: a folder under a session's name always has its manifest and key.
    disk.rename(opening, dir)
    await disk.syncDir(dirname(dir))
  } catch (cause) {
    throw new RecorderError('open-failed', `recording of session \`${options.sessionId}\`: ${messageOf(cause)}`, {
      cause,
    })
  }
  return new Recording(options, disk, dir, key, sha256Hex(manifest))
}

export class Recording {
  readonly sessionId: string
  /** The recording's folder. */
  readonly dir: string
  /** SHA-256 of the manifest, hex: goes to the ledger when the recording begins. */
  readonly manifestDigest: string
  readonly #disk: Disk
  readonly #signer: LaterSigner
  readonly #key: Buffer
  readonly #state: RecordingState
  readonly #channels: ChannelWriter[] = []
  /** How many channels have files whose names are on stable storage. */
  #stableNames = 0
  /** The sync that is running, if any, and the one that waits for it. */
  #syncing: Promise<void> | null = null
  #nextSync: Promise<void> | null = null
  /** The seal as first made: a second try after a failure must not make another. */
  #sealBytes: Buffer | null = null
  #result: SealResult | null = null
  #sealing = false

  /** @internal Made by `createRecording`. */
  constructor(options: RecordingOptions, disk: Disk, dir: string, key: Buffer, manifestDigest: string) {
    const origin = options.monotonic()
    this.sessionId = options.sessionId
    this.dir = dir
    this.manifestDigest = manifestDigest
    this.#disk = disk
    this.#signer = options.signer
    this.#key = key
    this.#state = {
      failure: null,
      closed: false,
      waiting: options.waitsForRoom === true ? new Waiting() : null,
      elapsed: () => options.monotonic() - origin,
      now: () => clockReading(options.now()),
    }
  }

  /** The failure that ended the recording, if one did. */
  get failure(): RecorderError | null {
    return this.#state.failure
  }

  /**
   * Begins a channel; its file and opening frame are written when this returns.
   * @throws RecorderError `write-failed`, `sync-failed`, `closed`, `invalid-argument`, `no-more-channels`, or, where the
   * recording can wait for room and there is none for a channel, `full`: then the channel must not be served.
   */
  openChannel(meta: ChannelMeta): ChannelWriter {
    if (this.#state.failure !== null) throw again(this.#state.failure)
    if (this.#state.closed) throw new RecorderError('closed', 'recording: closed, takes no channel')
    const channel = this.#channels.length
    if (!this.takesChannels)
      throw new RecorderError('no-more-channels', `recording: takes ${maxChannels} channels and no more`)
    if (this.waits) throw noRoom()
    const payload = channelMetaPayload(meta)
    let fd: number
    try {
      if (channel > 0 && channel % channelsPerReserve === 0) this.#growReserve()
      fd = this.#disk.create(join(this.dir, streamFile(channel)))
    } catch (cause) {
      // Nothing was encrypted under its key yet, so where no file stands the number can be used again.
      if (this.#state.waiting !== null && isFull(cause) && !existsSync(join(this.dir, streamFile(channel))))
        throw noRoom()
      // A file may stand there after all; the number cannot be used again, so the recording ends here.
      const message = `channel ${channel}: file not created: ${messageOf(cause)}`
      this.#state.failure = new RecorderError('write-failed', message, { cause })
      throw this.#state.failure
    }
    const header = streamHeader(this.sessionId, channel, this.manifestDigest)
    const file = { fd, channel, header }
    try {
      const writer = new ChannelWriter(this.#disk, this.#state, file, channelKey(this.#key, channel), payload)
      this.#channels.push(writer)
      if (writer.isOpen) return writer
      // Its key has been used for the opening frame: it is written when there is room, as a channel nothing crossed.
      writer.close()
    } catch (cause) {
      this.#disk.close(fd)
      throw cause
    }
    throw noRoom()
  }

  /** May it get another channel? Readers look at so many, and the seal names each. */
  get takesChannels(): boolean {
    return this.#channels.length < maxChannels
  }

  /** Do frames wait for room on the disk? */
  get waits(): boolean {
    return this.#state.waiting?.isEmpty === false
  }

  /** @param listener told when the first frame has to wait for room, and when none does any more. */
  onWaiting(listener: (waits: boolean) => void): void {
    if (this.#state.waiting !== null) this.#state.waiting.onChange = listener
  }

  /**
   * Writes what waits for room, as far as there is some. True when nothing waits.
   * @throws RecorderError `write-failed`: the recording is over.
   */
  tryAgain(): boolean {
    if (this.#state.failure !== null) throw again(this.#state.failure)
    return this.#state.waiting?.goOn() ?? true
  }

  /** The heads of all channels now, by channel number. */
  heads(): StreamHead[] {
    return this.#channels.map((channel) => channel.head())
  }

  /**
   * The heads of the channels that hold more than they did, after a sync: what they say is on stable storage.
   * @param known lengths in bytes by channel number, of heads taken before.
   * @throws RecorderError as `sync`.
   */
  async syncedHeads(known: ReadonlyMap<number, number>): Promise<(StreamHead & { readonly channel: number })[]> {
    const grown = this.#channels.filter((writer) => writer.length > (known.get(writer.channel) ?? 0))
    const heads = grown.map((writer) => ({ channel: writer.channel, ...writer.head() }))
    if (heads.length > 0) await this.sync()
    return heads
  }

  /** Bytes in the streams of all channels. */
  get length(): number {
    return this.#channels.reduce((sum, channel) => sum + channel.length, 0)
  }

  /**
   * Brings everything written before the call to stable storage. Calls that come while one runs share the next one.
   * @throws RecorderError `sync-failed`: the recording is over, for nobody can say what the disk holds.
   */
  sync(): Promise<void> {
    if (this.#syncing === null) {
      this.#syncing = this.#syncAll().finally(() => (this.#syncing = null))
      return this.#syncing
    }
    this.#nextSync ??= this.#syncing
      // Whoever asked for the running one learns of its failure; the next one fails for itself.
      .catch(() => undefined)
      .then(() => {
        this.#nextSync = null
        return this.sync()
      })
    return this.#nextSync
  }

  /**
   * Ends the recording. When it resolves, streams and seal are on stable storage and nothing can be added. Channels
   * still open are closed first. After a failed write or sync what stands on disk is read back and sealed as
   * interrupted.
   * @throws RecorderError `closed` when it is sealed or being sealed, `invalid-argument` for the reason, `seal-failed`
   * or `corrupt`, after which it may be called again.
   */
  async seal(end: { readonly status: SealStatus; readonly reason: string }): Promise<SealResult> {
    checkReason(end.reason)
    if (this.#sealing || this.#result !== null) throw new RecorderError('closed', 'recording: is sealed already')
    this.#sealing = true
    try {
      await this.#finish()
      this.#result = await (this.#state.failure === null ? this.#sealWhole(end) : this.#sealFailed(end.reason))
      this.#key.fill(0)
      return this.#result
    } finally {
      this.#sealing = false
    }
  }

  /** Closes the channels, waits for syncs, and notes in the state if any of it failed. */
  async #finish(): Promise<void> {
    const state = this.#state
    if (state.failure === null && !state.closed) {
      try {
        for (const channel of this.#channels) channel.close()
        if (!this.tryAgain()) throw noRoom()
      } catch (cause) {
        state.failure ??= new RecorderError('write-failed', `recording: ${messageOf(cause)}`, { cause })
      }
    }
    state.closed = true
    state.waiting?.drop()
    // A sync that was already running may end in failure too; both leave it in the state.
    await this.sync().catch((cause: unknown) => {
      state.failure ??= new RecorderError('sync-failed', `recording: ${messageOf(cause)}`, { cause })
    })
    for (const channel of this.#channels) {
      try {
        channel.release()
      } catch (cause) {
        state.failure ??= new RecorderError('write-failed', `recording: ${messageOf(cause)}`, { cause })
      }
    }
  }

  async #sealWhole(end: { readonly status: SealStatus; readonly reason: string }): Promise<SealResult> {
    const streams = this.heads()
    const text = sealText({
      session: this.sessionId,
      manifest: this.manifestDigest,
      status: end.status,
      reason: end.reason,
      closedAt: this.#state.now(),
      streams,
      cuts: [],
    })
    const bytes = (this.#sealBytes ??= await signNoteLater(text, this.#signer))
    await placeSeal(this.#disk, this.dir, bytes)
    const frames = streams.reduce((sum, stream) => sum + stream.frames, 0)
    return { sealDigest: sha256Hex(bytes), status: end.status, channels: streams.length, frames }
  }

  /** Memory and disk may disagree: the disk is asked, and what it holds is what gets sealed. */
  async #sealFailed(reason: string): Promise<SealResult> {
    const result = await sealPrefix({
      dir: this.dir,
      sessionId: this.sessionId,
      signer: this.#signer,
      now: () => this.#state.now(),
      key: this.#key,
      reason,
      disk: this.#disk,
    })
    switch (result.kind) {
      case 'sealed':
      case 'already-sealed':
        return {
          sealDigest: result.sealDigest,
          status: result.status,
          channels: result.channels,
          frames: result.frames,
        }
      case 'corrupt':
        throw new RecorderError('corrupt', `seal: ${result.reason}`)
      case 'failed':
        throw result.error
      case 'missing':
        throw new RecorderError('seal-failed', 'seal: the recording is gone')
    }
  }

  async #syncAll(): Promise<void> {
    if (this.#state.failure !== null) throw again(this.#state.failure)
    try {
      const made = this.#channels.length
      // Names of channels' files are part of what must survive.
      const names = made > this.#stableNames ? [this.#disk.syncDir(this.dir)] : []
      await allOf([...this.#channels.map((channel) => channel.sync()), ...names])
      this.#stableNames = made
    } catch (cause) {
      this.#state.failure ??= new RecorderError('sync-failed', `recording: sync failed: ${messageOf(cause)}`, { cause })
      throw this.#state.failure
    }
  }

  #growReserve(): void {
    const fd = this.#disk.openExisting(join(this.dir, reserveFile))
    try {
      const size = this.#disk.size(fd)
      // Opened for writing at the start: what is there is written over, and as much again behind it.
      writeAll(this.#disk, fd, [randomBytes(size + reserveBytes)])
    } finally {
      this.#disk.close(fd)
    }
  }
}

const noRoom = (): RecorderError => new RecorderError('full', 'recording: its disk has no room')

/** Whole milliseconds that fit a frame: a broken clock must not end a session, the monotonic time still stands. */
function clockReading(now: number): number {
  const whole = Math.trunc(now)
  return Number.isSafeInteger(whole) && whole >= 0 ? whole : 0
}

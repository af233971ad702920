// Reading recordings back for people: opening their key with the replay identity, what channels they have, replaying for
// a stated purpose, and checking one against its seal and the ledger.

import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  readFrames,
  RecorderError,
  toAsciicast,
  unwrapSessionKey,
  verifyRecording,
  type Finding,
  type Verifier,
} from '../../recorder/index.ts'
import type { SessionId } from '../../policy/index.ts'
import type { Actor } from '../access/authorize.ts'
import { mint, type Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import type { Store } from '../store/store.ts'
import { statementsOf } from './statements.ts'

export interface ChannelInfo {
  readonly channel: number
  readonly kind: string
  readonly command: string | null
}

export interface Replay {
  readonly token: string
  readonly expiresAt: number
  readonly channels: readonly ChannelInfo[]
}

export interface Recordings {
  folderOf(session: SessionId): string
  key(session: SessionId): Promise<Buffer>
  channels(session: SessionId): Promise<readonly ChannelInfo[]>
  /** Opens a replay for a time and writes who views it and why. */
  replay(actor: Actor, session: SessionId, purpose: string): Promise<Replay>
  /** The asciicast v2 lines of a channel, while the replay is open and for the person who opened it. */
  cast(actor: Actor, token: string, channel: number): AsyncIterable<string>
  verify(session: SessionId): Promise<{ holds: boolean; findings: readonly Finding[] }>
}

const replayMs = 30 * 60_000
const maxChannels = 10_000

export function openRecordings(deps: {
  readonly store: Store
  readonly root: string
  readonly identity: Secret<string>
  readonly verifiers: readonly Verifier[]
  readonly clock: Clock
}): Recordings {
  const { store, root, identity, verifiers, clock } = deps
  const open = new Map<string, { session: SessionId; person: string; expiresAt: number }>()
  const folderOf = (session: SessionId): string => join(root, session)
  const key = (session: SessionId): Promise<Buffer> => unwrapSessionKey(folderOf(session), [identity.expose()])

  /** Null where the key cannot be opened: a damaged or missing recording is shown as such, not as an error. */
  async function keyOrNull(session: SessionId): Promise<Buffer | null> {
    try {
      return await key(session)
    } catch (error) {
      if (error instanceof RecorderError) return null
      throw error
    }
  }

  async function channels(session: SessionId): Promise<ChannelInfo[]> {
    const found: ChannelInfo[] = []
    const sessionKey = await keyOrNull(session)
    if (!sessionKey) return found
    for (let channel = 0; channel < maxChannels; channel++) {
      try {
        await lstat(join(folderOf(session), `${String(channel).padStart(4, '0')}.stream`))
      } catch {
        break
      }
      let info: ChannelInfo = { channel, kind: 'unreadable', command: null }
      try {
        for await (const frame of readFrames(folderOf(session), sessionKey, channel)) {
          if (frame.kind === 'open') info = { channel, kind: frame.meta.kind, command: frame.meta.command ?? null }
          break
        }
      } catch (error) {
        if (!(error instanceof RecorderError)) throw error
      }
      found.push(info)
    }
    return found
  }

  return {
    folderOf,
    key,
    channels,
    async replay(actor, session, purpose) {
      const list = await channels(session)
      const now = clock.now()
      await store.change(async (tx) => {
        const entry = { session, by: actor.person.id, purpose: await tx.ledger.commit(purpose) }
        await tx.ledger.append('session.replayed', now, entry)
      })
      for (const [token, { expiresAt }] of open) if (expiresAt <= now) open.delete(token)
      const token = mint.token()
      const expiresAt = now + replayMs
      open.set(token, { session, person: actor.person.id, expiresAt })
      return { token, expiresAt, channels: list }
    },
    async *cast(actor, token, channel) {
      const replay = open.get(token)
      if (!replay || replay.person !== actor.person.id || replay.expiresAt <= clock.now())
        throw new GatewayError('not-found', 'this replay is over: open the recording again and state the purpose')
      const frames = readFrames(folderOf(replay.session), await key(replay.session), channel)
      yield* toAsciicast(frames, { title: `${replay.session} channel ${channel}` })
    },
    async verify(session) {
      const stored = await store.sessions.byId(session)
      const opened = await keyOrNull(session)
      const { heads } = await statementsOf(store.evidence, session)
      const verdict = await verifyRecording(folderOf(session), { verifiers, heads, ...(opened ? { key: opened } : {}) })
      const findings: Finding[] = [...verdict.findings]
      if (!opened)
        findings.push({ where: 'key.age', holds: false, what: 'the replay identity does not open the session key' })
      const entry =
        stored?.sealIndex === null || stored?.sealIndex === undefined
          ? null
          : await store.evidence.event(stored.sealIndex)
      const inLedger =
        entry?.type === 'session.recording_sealed' &&
        entry.data.session === session &&
        entry.data.seal === verdict.recording.sealDigest
      findings.push({
        where: 'ledger',
        holds: inLedger,
        what: inLedger
          ? `entry ${entry.index} of the ledger holds the digest of this seal`
          : 'no entry of the ledger holds the digest of this seal',
      })
      return { holds: findings.every((finding) => finding.holds), findings }
    },
  }
}

// Reading recordings back for people: opening their key with the replay identity, what channels they have, and checking
// one against its seal and the ledger. Replaying them is replays.ts's.

import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  readFrames,
  RecorderError,
  unwrapSessionKey,
  verifyRecording,
  whereItIs,
  type Finding,
  sealFault,
} from '../../recorder/index.ts'
import type { SessionId } from '../../policy/index.ts'
import type { Secret } from '../secret.ts'
import type { Copies, Held } from '../copies/copies.ts'
import type { Store } from '../store/store.ts'
import { tellCorrupt, type CorruptDeps } from './corrupt.ts'
import { sealKeysOf, trustedKeysOf, type KeyHistory } from './ledger-keys.ts'
import { verifyDeleted } from './deleted-recording.ts'
import type { RecordingPlaces } from './recording-places.ts'
import { statementsOf } from './statements.ts'

export interface ChannelInfo {
  readonly channel: number
  readonly kind: string
  readonly command: string | null
}

/** A recording that can be read until it is released. */
export interface HeldPlace extends Held {
  /** Where it is now: one that lives is brought to its place when it is sealed, also while somebody reads it. */
  now(): string
}

export interface Recordings {
  /** Where it is, or is written; streams of an old one may be in the object store: who reads them asks `hold` or `reach`. */
  folderOf(session: SessionId): string
  /**
   * A folder with every file of it, until released.
   * @throws GatewayError `recording-away`
   */
  hold(session: SessionId): Promise<HeldPlace>
  /** The same for who opens its files at once: what is open stays readable. */
  reach(session: SessionId): Promise<string>
  key(session: SessionId): Promise<Buffer>
  channels(session: SessionId): Promise<readonly ChannelInfo[]>
  verify(session: SessionId): Promise<{ holds: boolean; findings: readonly Finding[] }>
}

const maxChannels = 10_000

export function openRecordings(deps: {
  readonly store: Store
  readonly root: string
  /** Where recordings are that live; left out, in their places. */
  readonly places?: RecordingPlaces
  /** The replay identity of today first; then those before it, whose recordings are still there. */
  readonly identities: readonly Secret<string>[]
  /** Keys that sealed recordings of this ledger, each in its time. */
  readonly keys: () => Promise<KeyHistory>
  /** Left out, every recording is in its local folder. */
  readonly copies?: Pick<Copies, 'hold'>
  /** Whom a recording is told to that does not verify; left out, only who asked. */
  readonly corrupt?: CorruptDeps
}): Recordings {
  const { store, root, places, identities, keys, copies, corrupt } = deps
  const folderOf = (session: SessionId): string => places?.folderOf(session) ?? join(root, session)
  async function hold(session: SessionId): Promise<HeldPlace> {
    const held = (await copies?.hold(session)) ?? { dir: folderOf(session), release: () => undefined }
    const { release } = held
    if (places?.isLive(session) !== true) return { ...held, now: () => held.dir }
    return { dir: folderOf(session), now: () => folderOf(session), release }
  }
  async function reach(session: SessionId): Promise<string> {
    const { dir, release } = await hold(session)
    release()
    return dir
  }
  const key = (session: SessionId): Promise<Buffer> => {
    const opened = identities.map((one) => one.expose())
    return whereItIs(
      () => folderOf(session),
      (dir) => unwrapSessionKey(dir, opened),
    )
  }

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
    const at = folderOf(session)
    const dir = await reach(session)
    for (let channel = 0; channel < maxChannels; channel++) {
      try {
        await lstat(join(dir, `${String(channel).padStart(4, '0')}.stream`))
      } catch {
        break
      }
      let info: ChannelInfo = { channel, kind: 'unreadable', command: null }
      try {
        for await (const frame of readFrames(dir, sessionKey, channel)) {
          if (frame.kind === 'open') info = { channel, kind: frame.meta.kind, command: frame.meta.command ?? null }
          break
        }
      } catch (error) {
        if (!(error instanceof RecorderError)) throw error
      }
      found.push(info)
    }
    // It was brought to its place meanwhile, and what came after that was not found.
    return folderOf(session) === at ? found : channels(session)
  }

  return {
    folderOf,
    hold,
    reach,
    key,
    channels,
    async verify(session) {
      const stored = await store.sessions.byId(session)
      if (stored?.recording === 'deleted') {
        const findings = await verifyDeleted(store.evidence, session)
        return { holds: findings.every((finding) => finding.holds), findings }
      }
      const opened = await keyOrNull(session)
      const { heads } = await statementsOf(store.evidence, session)
      const history = await keys()
      const verifiers = trustedKeysOf(history).map(({ verifier }) => verifier)
      const held = await hold(session)
      const verdict = await verifyRecording(held.dir, { verifiers, heads, ...(opened ? { key: opened } : {}) }).finally(
        held.release,
      )
      const findings: Finding[] = [...verdict.findings]
      const hasKey = opened !== null
      if (!hasKey)
        findings.push({ where: 'key.age', holds: false, what: 'the replay identity does not open the session key' })
      const entry =
        stored?.sealIndex === null || stored?.sealIndex === undefined
          ? null
          : await store.evidence.event(stored.sealIndex)
      const inLedger =
        // Named anew after a declared loss, it is found in place of sealed.
        (entry?.type === 'session.recording_sealed' || entry?.type === 'session.recording_found') &&
        entry.data.session === session &&
        entry.data.seal === verdict.recording.sealDigest
      findings.push({
        where: 'ledger',
        holds: inLedger,
        what: inLedger
          ? `entry ${entry.index} of the ledger holds the digest of this seal`
          : 'no entry of the ledger holds the digest of this seal',
      })
      const fault = sealFault(
        sealKeysOf(history),
        verdict.recording.sealedBy,
        inLedger ? entry.index : null,
        entry?.type === 'session.recording_found',
      )
      if (fault !== null) findings.push({ where: 'seal', holds: false, what: fault })
      // Another replay identity than it was wrapped for is no fault of the recording.
      const bad = findings.find(({ where, holds }) => !holds && (hasKey || where !== 'key.age'))
      const isSealed = stored?.recording === 'complete' || stored?.recording === 'interrupted'
      if (corrupt !== undefined && isSealed && bad !== undefined)
        await tellCorrupt(corrupt, session, 'verification', bad)
      return { holds: findings.every((finding) => finding.holds), findings }
    },
  }
}

// Small recordings, ledgers and exports made by the recorder itself, with fixed keys and a clock that is told, for tests
// to read and to damage.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { onTestFinished } from 'vitest'

import {
  commitment,
  createRecording,
  type Disclosure,
  type Disk,
  entryBytes,
  parseTrust,
  type Recording,
  type SealResult,
  type Signer,
  signCheckpoint,
  TileTree,
  type Trust,
  unwrapSessionKey,
  writeExport,
} from '../../recorder/index.ts'
import { openedAt, origin, sessionA, signerOf } from './sample-keys.ts'

export { openedAt, origin, sessionA, sessionB, signerOf } from './sample-keys.ts'

export const signer = signerOf(1)

export function trustIn(...signers: readonly Signer[]): Trust {
  const parsed = parseTrust({ format: 'sallyport-trust/v1', origin, keys: signers.map(({ vkey }) => vkey) })
  if (parsed.kind === 'malformed') throw new Error(parsed.problems.join('; '))
  return parsed.trust
}

export const trust = trustIn(signer)

/** A folder that is gone after the test. */
export function makeFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-recorder-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

export interface Escrow {
  readonly identity: string
  readonly recipient: string
}

export async function makeEscrow(): Promise<Escrow> {
  const identity = await generateX25519Identity()
  return { identity, recipient: await identityToRecipient(identity) }
}

/** A recording whose clocks go on by a millisecond each time they are asked. */
export async function openRecording(
  root: string,
  escrow: Escrow,
  options: { readonly session?: string; readonly disk?: Disk; readonly by?: Signer } = {},
): Promise<Recording> {
  let ticks = 0n
  let wall = openedAt
  return createRecording({
    root,
    sessionId: options.session ?? sessionA,
    meta: { asset: 'ews-1', plant: 'plant-1' },
    recipients: [escrow.recipient],
    now: () => wall++,
    monotonic: () => (ticks += 1_000_000n),
    signer: options.by ?? signer,
    ...(options.disk === undefined ? {} : { disk: options.disk }),
  })
}

/** Two channels, with every kind of frame. */
export function fillRecording(recording: Recording): void {
  const pty = recording.openChannel({ kind: 'pty', term: 'xterm-256color', cols: 100, rows: 30 })
  const exec = recording.openChannel({ kind: 'exec', command: 'plc-read --all' })
  pty.data('out', Buffer.from('ews-1$ '))
  pty.data('in', Buffer.from('whoami\r'))
  pty.data('out', Buffer.from('whoami\r\nservice-Gr\u00fc\u00dfe\r\n'))
  pty.resize(120, 40)
  pty.notice('\r\n*** access ends in 5 minutes ***\r\n')
  exec.data('out', Buffer.from('one\ntwo\n'))
  exec.data('err', Buffer.from('warning\n'))
  pty.signal('INT')
  pty.event({ refused: 'x11-req' })
  exec.exit({ code: 3 })
  pty.exit({ signal: 'HUP' })
  exec.close()
  pty.close()
}

export async function sealedRecording(
  root: string,
  escrow: Escrow,
  session: string = sessionA,
): Promise<{ readonly recording: Recording; readonly sealed: SealResult; readonly key: Buffer }> {
  const recording = await openRecording(root, escrow, { session })
  fillRecording(recording)
  const sealed = await recording.seal({ status: 'complete', reason: 'client' })
  return { recording, sealed, key: await unwrapSessionKey(recording.dir, [escrow.identity]) }
}

export interface MadeExport {
  readonly dir: string
  readonly recordings: string
  readonly escrow: Escrow
}

/** An export of these sessions with a ledger of `padding` entries before theirs and one disclosure. */
export async function makeExport(
  folder: string,
  options: {
    readonly sessions?: readonly string[]
    readonly padding?: number
    readonly by?: Signer
    readonly name?: string
  } = {},
): Promise<MadeExport> {
  const by = options.by ?? signer
  const escrow = await makeEscrow()
  const disclosure = disclosureOf('line stands, drive faulty')
  const entries = Array.from({ length: options.padding ?? 3 }, (_, i) =>
    entryBytes({ v: 1, at: openedAt + i, type: 'gateway.noted', data: { i, note: disclosure.commitment } }),
  )
  const recordings: { dir: string; key: Buffer }[] = []
  for (const session of options.sessions ?? [sessionA]) {
    const { recording, sealed, key } = await sealedRecording(folder, escrow, session)
    const { sealDigest: seal, status, channels, frames } = sealed
    const started = { session, manifest: recording.manifestDigest }
    entries.push(entryBytes({ v: 1, at: openedAt, type: 'session.recording_started', data: started }))
    const data = { session, status, seal, channels, frames }
    entries.push(entryBytes({ v: 1, at: openedAt, type: 'session.recording_sealed', data }))
    recordings.push({ dir: recording.dir, key })
  }
  const dir = join(folder, options.name ?? 'export')
  await writeExport({
    out: dir,
    signer: by,
    header: {
      origin,
      createdAt: openedAt,
      purpose: 'surveillance audit',
      scope: {
        version: '2026-1',
        covered: 'remote access to line 1 of plant 1',
        notCovered: ['safety systems', 'office IT'],
      },
    },
    ledger: { entries, checkpoint: checkpointOf(entries, by) },
    recordings,
    disclosures: [disclosure],
  })
  return { dir, recordings: folder, escrow }
}

export function disclosureOf(value: string): Disclosure {
  const salt = Buffer.alloc(32, 7)
  return { commitment: commitment(salt, value), salt, value }
}

export function checkpointOf(entries: readonly Uint8Array[], by: Signer): Buffer {
  const tree = new TileTree()
  for (const entry of entries) tree.append(entry)
  return signCheckpoint({ origin, size: tree.size, root: tree.root(), extensions: [] }, [by])
}

// Asking witnesses for their cosignatures (C2SP tlog-witness): each new checkpoint goes to every witness of the trust policy
// with a proof that it goes on from the last one this witness has cosigned. A witness that does not answer delays nothing;
// one that has seen more than this ledger holds says that entries were lost.

import {
  type Cosigner,
  cosignaturesOn,
  parseNote,
  readAnswer,
  type Witness,
  writeSubmission,
} from '../../recorder/index.ts'
import type { Log } from '../log.ts'
import { exchange } from '../outbound.ts'
import type { Checkpoint, Evidence } from '../store/evidence.ts'
import type { Setbacks } from './setbacks.ts'

export interface Witnessed {
  /** The checkpoint with the cosignature lines that came. */
  readonly note: string
  /** Names of those that cosigned. */
  readonly by: readonly string[]
  /** Those that did not, and why. */
  readonly missing: readonly { readonly name: string; readonly reason: string }[]
  /** Those that have cosigned more entries than this ledger holds: it was restored from an old backup, or cut. */
  readonly ahead: readonly { readonly name: string; readonly size: number }[]
}

export interface Witnesses {
  /** Asks all at once that have not cosigned it yet. Never throws for what they do. */
  cosign(checkpoint: Checkpoint): Promise<Witnessed>
}

type Outcome =
  | { readonly kind: 'cosigned'; readonly lines: readonly string[] }
  | { readonly kind: 'ahead'; readonly size: number }
  | { readonly kind: 'missing'; readonly reason: string }

/** A submission is tried again once where the witness says from which size it has to begin. */
const tries = 2
const timeoutMs = 10_000
const maxAnswerBytes = 64 * 1024

export function openWitnesses(deps: {
  /** Those of the trust policy that have an address. */
  readonly witnesses: readonly Witness[]
  readonly evidence: Pick<Evidence, 'consistency'>
  readonly log: Log
  /** Certificates trusted, PEM; null takes those of the runtime. */
  readonly ca: readonly string[] | null
  readonly setbacks?: Pick<Setbacks, 'failed' | 'worked'>
  /** Told of each that was asked; null: it answered. */
  readonly told?: (witness: string, problem: string | null) => void
}): Witnesses {
  const { witnesses, evidence, log, ca, setbacks, told = () => undefined } = deps
  /** Size each witness has cosigned last, as far as it is known; it tells where it is not. */
  const known = new Map<string, number>()

  async function ask(witness: Witness, { size, note }: Checkpoint): Promise<Outcome> {
    for (let left = tries; left > 0; left--) {
      const old = known.get(witness.name) ?? 0
      const proof = await evidence.consistency(old, size)
      const body = writeSubmission({ old, proof, checkpoint: Buffer.from(note, 'utf8') })
      const answer = await submit(witness, body, ca)
      if (answer.kind === 'unreachable') return { kind: 'missing', reason: answer.reason }
      const { status, type } = answer
      const bytes = Buffer.from(answer.body, 'utf8')
      const cosigners: readonly Cosigner[] = [witness.cosigner]
      const read = readAnswer({ status, type, body: bytes }, Buffer.from(note, 'utf8'), cosigners)
      switch (read.kind) {
        case 'cosigned':
          known.set(witness.name, size)
          return read
        case 'refused':
          return { kind: 'missing', reason: read.reason }
        case 'other-size':
          if (read.size > size) return { kind: 'ahead', size: read.size }
          known.set(witness.name, read.size)
      }
    }
    return { kind: 'missing', reason: 'says each time that it has cosigned another size' }
  }

  return {
    async cosign(checkpoint) {
      const standing = standingOn(checkpoint.note, witnesses)
      const outcomes = await Promise.all(
        witnesses
          .filter(({ name }) => !standing.includes(name))
          .map(async (witness) => ({ name: witness.name, outcome: await ask(witness, checkpoint) })),
      )
      const lines: string[] = []
      const by = [...standing]
      const missing: { name: string; reason: string }[] = []
      const ahead: { name: string; size: number }[] = []
      for (const { name, outcome } of outcomes) {
        told(name, outcome.kind === 'missing' ? outcome.reason : null)
        if (outcome.kind === 'cosigned') {
          lines.push(...outcome.lines)
          by.push(name)
        } else if (outcome.kind === 'ahead') ahead.push({ name, size: outcome.size })
        else missing.push({ name, reason: outcome.reason })
      }
      for (const { name, reason } of missing) log.warn({ witness: name, reason }, 'Witness did not cosign')
      for (const { name, size } of ahead) log.error({ witness: name, size, ours: checkpoint.size }, 'Entries were lost')
      for (const name of by) await setbacks?.worked('cosignature', name)
      for (const { name, reason } of missing) await setbacks?.failed('cosignature', name, reason)
      for (const { name, size } of ahead) await setbacks?.failed('cosignature', name, `has cosigned ${size} entries`)
      return { note: checkpoint.note + lines.map((line) => `${line}\n`).join(''), by, missing, ahead }
    },
  }
}

/** Names of the witnesses whose cosignature stands under a checkpoint. */
function standingOn(checkpoint: string, witnesses: readonly Witness[]): readonly string[] {
  const note = parseNote(Buffer.from(checkpoint, 'utf8'))
  if (note.kind === 'malformed') return []
  const cosigners = witnesses.map(({ cosigner }) => cosigner)
  const held = cosignaturesOn(note.value, cosigners).held.map(({ cosigner }) => cosigner.vkey)
  return witnesses.filter(({ cosigner }) => held.includes(cosigner.vkey)).map(({ name }) => name)
}

function submit({ url }: Witness, body: Buffer, ca: readonly string[] | null) {
  if (url === null) return Promise.resolve({ kind: 'unreachable', reason: 'the policy gives no address' } as const)
  return exchange({
    method: 'POST',
    url: new URL(`${url.replace(/\/$/, '')}/add-checkpoint`),
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: body.toString('utf8'),
    timeoutMs,
    maxBytes: maxAnswerBytes,
    ca,
  })
}

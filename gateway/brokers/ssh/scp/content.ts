// The bytes of one file of an scp transfer, by the crossing its rules say: passed on as they come, with their digest, or
// taken in whole by the airlock first, judged there, and then sent on. What is asked of the airlock is its own to answer.

import { createHash } from 'node:crypto'
import type { Airlock, FileOffer, HeldFile } from '../../../airlock/airlock.ts'
import { formatNo, yes, type Answer } from '../../../guards/scp/messages.ts'
import { Broken, type Side } from './ends.ts'
import { readAnswer } from './talk.ts'

export interface FileToCross {
  readonly offer: FileOffer
  readonly size: number
  readonly sender: Side
  readonly taker: Side
  readonly airlock: Airlock
  say(text: string): void
  readonly signal: AbortSignal
}

export interface Announcing {
  /** Tells the taker what comes, and gives its answer. */
  announce(): Promise<Answer>
  /** Tells the sender to go on with the bytes. */
  accept(): Promise<void>
  /** Why it may not cross by what holds now; null where it may. A file may have waited long to be let go. */
  bar(): string | null
}

export type Outcome =
  /** Of the taker: it is there, or it is not. To be passed on. */
  | { readonly kind: 'answered'; readonly answer: Answer }
  /** The airlock says no: to be told to both. */
  | { readonly kind: 'refused'; readonly text: string }

const most = 256 * 1024

export function crossFile(file: FileToCross, announcing: Announcing): Promise<Outcome> {
  return file.offer.allowance.crossing === 'pass' && !file.offer.allowance.declaredOnly
    ? passOn(file, announcing)
    : takeIn(file, announcing)
}

/** Every byte of the sender's file, and then what it says of it itself: that it was read well, or not. */
async function readFile(file: FileToCross, piece: (bytes: Uint8Array, at: number) => Promise<void>): Promise<Answer> {
  for (let at = 0; at < file.size;) {
    const bytes = await file.sender.some(Math.min(most, file.size - at))
    if (bytes === null) throw new Broken('it ended in the middle of a file')
    await piece(bytes, at)
    at += bytes.length
  }
  return readAnswer(file.sender)
}

async function passOn(file: FileToCross, { announce, accept }: Announcing): Promise<Outcome> {
  const { offer, taker, airlock } = file
  const ready = await announce()
  if (ready.kind === 'no') return { kind: 'answered', answer: ready }
  const hash = createHash('sha256')
  let crossed = 0
  let isWhole = false
  try {
    await accept()
    const read = await readFile(file, async (bytes) => {
      hash.update(bytes)
      await taker.send(bytes)
      crossed += bytes.length
    })
    await taker.send(read.kind === 'yes' ? yes : formatNo(read.text))
    const answer = await readAnswer(taker)
    isWhole = read.kind === 'yes' && answer.kind === 'yes'
    return { kind: 'answered', answer }
  } finally {
    await airlock.crossed({ ...offer, bytes: crossed, sha256: isWhole ? hash.digest('hex') : null })
  }
}

async function takeIn(file: FileToCross, { announce, accept, bar }: Announcing): Promise<Outcome> {
  const taken = await file.airlock.takeIn(file.offer)
  if (taken.kind === 'refused') return taken
  const held = taken.file
  try {
    await accept()
    let fault: string | null = null
    const read = await readFile(file, async (bytes, at) => {
      // The rest has to be read, or the next file would begin in the middle of this one; it is not kept.
      fault ??= await held.write(at, bytes)
    })
    if (read.kind === 'no') fault ??= `it could not be read: ${read.text}`
    if (fault !== null) {
      await held.abandon(fault)
      return { kind: 'refused', text: fault }
    }
  } catch (error) {
    await held.abandon(error instanceof Broken ? error.message : 'the transfer broke off')
    throw error
  }
  const settled = await held.settle(file.say, file.signal)
  if (settled.kind !== 'released') return { kind: 'refused', text: settled.text }
  const barred = bar()
  if (barred !== null) {
    await held.delivered(barred)
    return { kind: 'refused', text: barred }
  }
  try {
    const answer = await sendOn(held, file, announce)
    await held.delivered(answer.kind === 'yes' ? null : answer.text)
    return { kind: 'answered', answer }
  } catch (error) {
    await held.delivered(error instanceof Broken ? error.message : 'it could not be sent on')
    throw error
  }
}

async function sendOn(held: HeldFile, { size, taker }: FileToCross, announce: () => Promise<Answer>): Promise<Answer> {
  const ready = await announce()
  if (ready.kind === 'no') return ready
  for (let at = 0; at < size;) {
    const bytes = await held.read(at, Math.min(most, size - at))
    if (bytes.length === 0) throw new Error('a file in quarantine is shorter than it was')
    await taker.send(bytes)
    at += bytes.length
  }
  await taker.send(yes)
  return readAnswer(taker)
}

// Where a session stands, gathered from the parts that know: the values due.ts decides on.

import type { Stand } from './due.ts'
import type { SessionFacts } from './facts.ts'
import type { InputGate } from './input-gate.ts'
import type { Observers } from './observers.ts'
import type { RecordingHold } from './recording-hold.ts'
import type { SessionBook } from './recorder.ts'
import type { SlowEnd } from './slow-end.ts'
import type { Terms } from './terms.ts'

export interface Parts {
  readonly facts: Pick<SessionFacts, 'expiry'>
  readonly terms: Terms
  readonly slowEnd: Pick<SlowEnd, 'lapseOf'>
  readonly observers: Pick<Observers, 'lifter' | 'attendedUntil'>
  readonly input: Pick<InputGate, 'isLocked'>
  readonly book: Pick<SessionBook, 'typedAt' | 'movedAt' | 'hasTerminal'>
  readonly hold: Pick<RecordingHold, 'until'>
}

/** @param isActive before it began and while it ends nobody has to be there, and no rest is too long. */
export function standOf({ facts, terms, slowEnd, observers, input, book, hold }: Parts, isActive: boolean): Stand {
  const { windowUntil, observeOnly, writeHold, decidedUntil } = terms
  const graceMs = isActive ? terms.escortGraceMs : null
  return {
    expiry: facts.expiry,
    windowUntil,
    lapse: slowEnd.lapseOf(terms.lapse),
    observeOnly,
    writeHeld: writeHold && observers.lifter === null,
    escort: graceMs === null ? null : { graceMs, leaseUntil: observers.attendedUntil },
    idle: {
      lockMs: isActive ? terms.restMs('idle-lock') : null,
      endMs: isActive ? terms.restMs('idle-end') : null,
      typedAt: book.typedAt,
      movedAt: book.movedAt,
      hasTerminal: book.hasTerminal,
      locked: input.isLocked,
    },
    heldUntil: hold.until,
    decidedUntil,
  }
}

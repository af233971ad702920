// Evidence of what was done to paths on an SFTP channel, and of what was refused there. A program that tries the same
// thing a thousand times is one fact; the recording has each of them.

import type { Airlock, FileStep } from '../../../airlock/airlock.ts'

type Step = FileStep['step']

const mostRefusals = 256
/** Programs look at many paths by themselves: of those the user reads the first. */
const mostLooksTold = 16

export class Steps {
  readonly #airlock: Airlock
  readonly #event: (event: Readonly<Record<string, unknown>>) => void
  readonly #tell: (text: string) => void
  readonly #refused = new Set<string>()
  readonly #told = new Set<string>()
  #looksTold = 0

  constructor(
    airlock: Airlock,
    event: (event: Readonly<Record<string, unknown>>) => void,
    tell: (text: string) => void,
  ) {
    this.#airlock = airlock
    this.#event = event
    this.#tell = tell
  }

  /** Resolves when it is kept as evidence. */
  async done(step: Step, path: string, to: string | null = null): Promise<void> {
    this.#event({ sftp: 'step', step, path, to, refused: null })
    await this.#airlock.stepped({ program: 'sftp', step, path, to, refused: null })
  }

  /** The user reads why, beside the answer that the program gets: many programs do not show that. */
  async refused(step: Step, path: string, text: string, to: string | null = null): Promise<void> {
    this.#event({ sftp: 'step', step, path, to, refused: text })
    const fact = JSON.stringify([step, path, to])
    if (this.#refused.has(fact) || this.#refused.size >= mostRefusals) return
    this.#refused.add(fact)
    this.#tellOnce(step, text)
    await this.#airlock.stepped({ program: 'sftp', step, path, to, refused: text })
  }

  #tellOnce(step: Step, text: string): void {
    if (this.#told.has(text) || (step === 'list' && this.#looksTold >= mostLooksTold)) return
    this.#told.add(text)
    if (step === 'list') this.#looksTold++
    this.#tell(text)
  }
}

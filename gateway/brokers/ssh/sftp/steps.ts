// Evidence of what was done to paths on an SFTP channel, and of what was refused there, and what the user reads of it: each
// sentence once. The recording has every try; how evidence of them stays bounded is the airlock's.

import type { Airlock, FileStep } from '../../../airlock/airlock.ts'

type Step = FileStep['step']

/** Sentences the user reads at most. */
const mostTold = 256
/** Programs look at many paths by themselves: of those the user reads the first. */
const mostLooksTold = 16

export class Steps {
  readonly #airlock: Airlock
  readonly #event: (event: Readonly<Record<string, unknown>>) => void
  readonly #tell: (text: string) => void
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
    this.#tellOnce(step, text)
    await this.#airlock.stepped({ program: 'sftp', step, path, to, refused: text })
  }

  #tellOnce(step: Step, text: string): void {
    if (this.#told.has(text) || this.#told.size >= mostTold) return
    if (step === 'list' && this.#looksTold >= mostLooksTold) return
    this.#told.add(text)
    if (step === 'list') this.#looksTold++
    this.#tell(text)
  }
}

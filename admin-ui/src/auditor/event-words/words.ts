// How a type of ledger entry is told to people.

export interface EventWords {
  readonly title: string
  /** One sentence: what an entry of this type shows. */
  readonly meaning: string
}

export const words = (title: string, meaning: string): EventWords => ({ title, meaning })

// Commitments where they stand: whole texts in the data of an entry. One that is part of a longer text is not seen by
// verifiers, who then find a value that stands for nothing.

const commitment = /^sha256:[0-9a-f]{64}$/

/** The commitments anywhere in the data of an entry. */
export function* commitmentsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') {
    if (commitment.test(value)) yield value
  } else if (typeof value === 'object' && value !== null) {
    for (const each of Object.values(value)) yield* commitmentsIn(each)
  }
}

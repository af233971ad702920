// What is fuzzed and with what: a target reads bytes as they may come from a disk, a network or a stranger, and says whether it
// read them as it should. Bytes are made of samples that are valid, damaged in the ways that parsers fall for.

import fc from 'fast-check'

export interface FuzzTarget {
  readonly name: string
  /** The functions it tries, each as `file: name`. */
  readonly reads: readonly string[]
  /** What must be so whatever the bytes are, as a sentence. */
  readonly promise: string
  /** Valid, or nearly; never empty. */
  readonly samples: readonly Buffer[]
  /** Throws where the promise is broken; whatever escapes is a fault too. */
  judge(bytes: Buffer): Promise<void> | void
  /** Inputs to try where others take a hundred: less where each takes its time. */
  readonly share?: number
}

/** Texts that mean something in one format or another, and numbers at the edges. */
const tokens = [
  '\n',
  '\n\n',
  '\r\n',
  ' ',
  '\0',
  '\t',
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '+',
  '=',
  '/',
  '..',
  '.',
  '\u2014 ',
  'null',
  'true',
  '{}',
  '[]',
  '""',
  '-1',
  '0',
  '00',
  '1e999',
  '9007199254740992',
  '18446744073709551616',
  '0x10',
  '\u2028',
  '\ufeff',
  '\u{1f9e8}',
  '__proto__',
  '\\ud800',
  '\\u0000',
  '\u001b[',
  '\u001b]0;',
  '\u001b\\',
  '\u009b',
  '\u0007',
].map((text) => Buffer.from(text, 'utf8'))
const edges = ['ff', '00', '7f', '80', 'ffff', '0000', 'ffffffff', '7fffffff', '80000000', '00000000'].map((hex) =>
  Buffer.from(hex, 'hex'),
)

type Damage = (bytes: Buffer, samples: readonly Buffer[]) => Buffer

const put = (bytes: Buffer, at: number, remove: number, insert: Uint8Array): Buffer => {
  const place = at % (bytes.length + 1)
  return Buffer.concat([bytes.subarray(0, place), insert, bytes.subarray(place + remove)])
}
const place = fc.nat({ max: 1 << 16 })
const few = fc.nat({ max: 12 })

const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ at: place, bit: fc.nat({ max: 7 }) }).map(({ at, bit }): Damage => (bytes) => {
    const changed = Buffer.from(bytes)
    const i = at % Math.max(1, bytes.length)
    if (bytes.length > 0) changed.writeUInt8(changed.readUInt8(i) ^ (1 << bit), i)
    return changed
  }),
  fc.tuple(place, few, fc.constantFrom(...tokens, ...edges)).map(
    ([at, remove, token]): Damage =>
      (bytes) =>
        put(bytes, at, remove, token),
  ),
  fc.tuple(place, few, fc.uint8Array({ maxLength: 12 })).map(
    ([at, remove, insert]): Damage =>
      (bytes) =>
        put(bytes, at, remove, insert),
  ),
  fc.tuple(place, place).map(
    ([at, remove]): Damage =>
      (bytes) =>
        put(bytes, at, remove % 400, Buffer.alloc(0)),
  ),
  // A piece of itself or of another sample in another place: reordered, doubled, spliced.
  fc.tuple(place, place, place, few, fc.nat()).map(([at, from, length, remove, other]): Damage => (bytes, samples) => {
    const source = samples[other % (samples.length * 2)] ?? bytes
    const start = from % (source.length + 1)
    return put(bytes, at, remove, source.subarray(start, start + (length % 300)))
  }),
  // A number as another number.
  fc
    .tuple(place, fc.constantFrom('0', '1', '-1', '255', '256', '65536', '4294967296', '9007199254740991', '1e3', ''))
    .map(([at, number]): Damage => (bytes) => {
      const text = bytes.toString('latin1')
      const runs = [...text.matchAll(/[0-9]+/g)]
      const run = runs[at % Math.max(1, runs.length)]
      return run === undefined ? bytes : put(bytes, run.index, run[0].length, Buffer.from(number))
    }),
)

/** Bytes to try. The first of the list of damages is the first that is done. */
export function bytesFor({ samples }: Pick<FuzzTarget, 'samples'>): fc.Arbitrary<Buffer> {
  const damaged = fc
    .tuple(fc.nat({ max: Math.max(0, samples.length - 1) }), fc.array(damage, { maxLength: 6 }))
    .map(([i, damages]) => damages.reduce((bytes, each) => each(bytes, samples), samples[i] ?? Buffer.alloc(0)))
  const any = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))
  return fc.oneof({ weight: 9, arbitrary: damaged }, { weight: 1, arbitrary: any })
}

/** The text of bytes as a reader of text files gets it. */
export const textOf = (bytes: Buffer): string => bytes.toString('utf8')

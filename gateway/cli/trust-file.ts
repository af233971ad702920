// Reading a trust file: whom an auditor, or a witness, believes.

import { readFile, stat } from 'node:fs/promises'
import type { Trust } from '../../recorder/index.ts'
import { codeOf, Failure, messageOf } from './failure.ts'
import { plain } from './plain.ts'

const maxTrustBytes = 1 << 20

/** @throws Failure with everything that is wrong with the file. */
export async function readTrust(file: string): Promise<Trust> {
  const { parseTrust } = await import('../../recorder/index.ts')
  let value: unknown
  try {
    const { size } = await stat(file)
    if (size > maxTrustBytes) throw new Error(`expected at most ${maxTrustBytes} bytes, got ${size}`)
    value = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    const what =
      error instanceof SyntaxError
        ? 'expected JSON'
        : codeOf(error) === 'ENOENT'
          ? 'there is no such file'
          : messageOf(error)
    throw new Failure(`trust file \`${file}\`: ${what}: give the one you got from the gateway\u2019s operator`, {
      cause: error,
    })
  }
  const parsed = parseTrust(value)
  if (parsed.kind === 'ok') return parsed.trust
  throw new Failure(`trust file \`${file}\`: not valid: give the one you got from the gateway\u2019s operator`, {
    details: { code: 'trust-invalid', problems: parsed.problems },
    lines: parsed.problems.map((problem) => `- ${plain(problem)}`),
  })
}

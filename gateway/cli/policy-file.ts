// Reading a trust policy (c2sp.org/tlog-policy): which witnesses must have cosigned.

import { readFile } from 'node:fs/promises'
import type { LogPolicy } from '../../recorder/index.ts'
import { codeOf, Failure, messageOf } from './failure.ts'
import { plain } from './plain.ts'

/** @throws Failure with every line that is wrong. */
export async function readPolicy(file: string): Promise<LogPolicy> {
  const { parseLogPolicy } = await import('../../recorder/index.ts')
  const bytes = await readFile(file).catch((error: unknown) => {
    const what = codeOf(error) === 'ENOENT' ? 'there is no such file' : messageOf(error)
    throw new Failure(`trust policy \`${file}\`: ${what}`, { cause: error })
  })
  const parsed = parseLogPolicy(bytes)
  if (parsed.kind === 'ok') return parsed.policy
  throw new Failure(`trust policy \`${file}\`: not valid: see docs/witnesses.md`, {
    details: { code: 'policy-invalid', problems: parsed.problems },
    lines: parsed.problems.map((problem) => `- ${plain(problem)}`),
  })
}

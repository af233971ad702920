// Handing out the verifier as one file, for an auditor who has nothing of ours and wants to read what judges.

import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { addCommand, type Context, type Invocation } from '../command.ts'
import { codeOf, Failure, messageOf } from '../failure.ts'
import { shown } from '../plain.ts'

const built = join(import.meta.dirname, '..', '..', '..', 'recorder', 'dist', 'sallyport-verify.mjs')

export function addVerifierCommand(program: Command, invocation: Invocation): void {
  addCommand<{ readonly out: string }>(program, invocation, {
    name: 'verifier',
    about:
      'Writes the verifier as one JavaScript file that stands on nothing but Node.js from version 20: for an auditor who reads\n' +
      'what she runs. It takes what `sallyport verify` takes, and says the same.',
    examples: ['verifier --out sallyport-verify.mjs'],
    options: (command) => command.option('--out <file>', 'the file to write', 'sallyport-verify.mjs'),
    run,
  })
}

async function run({ output }: Context, { out }: { readonly out: string }): Promise<void> {
  const program = await readFile(built).catch((error: unknown) => {
    const what = codeOf(error) === 'ENOENT' ? 'is not built yet: run `npm run build`' : messageOf(error)
    throw new Failure(`verifier: ${what}`, { cause: error })
  })
  await writeFile(out, program, { flag: 'wx' }).catch((error: unknown) => {
    throw new Failure(`file \`${out}\`: ${codeOf(error) === 'EEXIST' ? 'is there already' : messageOf(error)}`, {
      cause: error,
    })
  })
  const sha256 = createHash('sha256').update(program).digest('hex')
  await output.answer({ file: out, sha256 }, () =>
    [shown`Verifier: ${out}`, `SHA-256:  ${sha256}`, shown`Run with: node ${out} EXPORT --trust FILE`].join('\n'),
  )
}

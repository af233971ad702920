// Taking the proof of one entry out of a gateway: a fact that somebody needs who may not have the whole ledger.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { addCommand, type Context, type Invocation } from '../command.ts'
import { codeOf, Failure, messageOf, misused } from '../failure.ts'
import { shown } from '../plain.ts'
import { remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { proofSuffix } from '../verify-proof.ts'

interface ProofOptions extends RemoteOptions {
  readonly out: string
}

export function addProofCommand(program: Command, invocation: Invocation): void {
  addCommand<ProofOptions>(program, invocation, {
    name: 'proof <index>',
    about:
      'Writes INDEX.json, one entry of the ledger byte for byte, and INDEX.tlog-proof (c2sp.org/tlog-proof), which shows\n' +
      'that it stands there. Whoever has the two and the ledger\u2019s public key can verify that without the ledger. The\n' +
      'entry holds commitments where it speaks of persons or in free text; what they stand for is not in these files.',
    examples: ['proof 4711 --out ./proofs', 'verify ./proofs/4711.tlog-proof --trust plant1.trust.json'],
    options: (command) =>
      remoteOptions(command).option('--out <dir>', 'folder to write to; made if it is not there', '.'),
    run,
  })
}

async function run(context: Context, options: ProofOptions, [index = '']: readonly string[]): Promise<void> {
  if (!/^(?:0|[1-9][0-9]{0,14})$/.test(index)) throw misused(`index \`${index}\`: expected the number of an entry`)
  const view = await withGateway(context, options, (gateway) => gateway.call('proof', { id: index }))
  const entryFile = join(options.out, `${index}.json`)
  const proofFile = join(options.out, `${index}${proofSuffix}`)
  try {
    await mkdir(options.out, { recursive: true })
    await writeFile(entryFile, view.entry, { flag: 'wx' })
    await writeFile(proofFile, view.proof, { flag: 'wx' })
  } catch (error) {
    const what = codeOf(error) === 'EEXIST' ? 'is there already: give another folder' : messageOf(error)
    throw new Failure(`proof of entry ${index}: ${what}`, { cause: error })
  }
  await context.output.answer({ ...view, files: { entry: entryFile, proof: proofFile } }, () =>
    [
      shown`Entry ${index}: ${entryFile}`,
      shown`Proof: ${proofFile}`,
      shown`Verify with: sallyport verify ${proofFile} --trust FILE`,
    ].join('\n'),
  )
}

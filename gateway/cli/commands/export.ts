// Taking evidence out of a gateway, in the form that `verify` and an auditor's own tools check.

import { rename, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { addCommand, asWords, type Context, type Invocation } from '../command.ts'
import { exitCodes, Failure, messageOf } from '../failure.ts'
import { shown } from '../plain.ts'
import { remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { needFree, unpack } from '../unpack.ts'

interface ExportOptions extends RemoteOptions {
  readonly out: string
  readonly purpose: string
  readonly plant?: readonly string[]
  readonly agreement?: string
  /** False with --no-trust. */
  readonly trust: boolean
}

export function addExportCommand(program: Command, invocation: Invocation): void {
  addCommand<ExportOptions>(program, invocation, {
    name: 'export [session...]',
    about:
      'Writes an evidence export into a new folder: the whole ledger, the recordings named (all sealed ones when none is)\n' +
      'with the keys to replay them, and what is needed to verify them. It is as confidential as the sessions in it. The\n' +
      'export and its purpose are evidence. Beside the folder goes the trust file, DIR.trust.json: an auditor should get\n' +
      'that, or the key in it, on another way than the export, or compare its fingerprint by telephone. With --plant the\n' +
      'recordings, keys and words are of these plants, and the ledger is whole. With --agreement only what the scope and\n' +
      'the agreement of handling.yaml cover goes out, with single entries of the ledger, each with its proof.',
    examples: [
      'export --out ./evidence --purpose "internal audit 2026-03"',
      'export --out ./north-2026 --purpose "audit of plant North" --plant north',
      'export --out ./for-customer --purpose "yearly report" --agreement acme-2026',
      'export ses_01hzy8x5r2k3m4n5p6q7r8s9t0 --out ./incident-17 --purpose "incident 17" --no-trust',
    ],
    options: (command) =>
      remoteOptions(command)
        .requiredOption('--out <dir>', 'the folder to make; nothing may stand there')
        .requiredOption('--purpose <text>', 'why it is exported; kept as evidence')
        .option('--plant <ids>', 'of these plants only; with commas between', asWords)
        .option('--agreement <id>', 'what this agreement with a customer covers, and nothing else')
        .option('--no-trust', 'do not write the trust file'),
    run: (context, options, sessions) => run(context, options, sessions),
  })
}

async function run(context: Context, options: ExportOptions, sessions: readonly string[]): Promise<void> {
  const { output } = context
  const dir = resolve(options.out)
  const trustFile = `${dir}.trust.json`
  await needFree(dir, 'folder')
  if (options.trust) await needFree(trustFile, 'trust file')
  const { files, bytes, keptBack } = await withGateway(context, options, async (gateway) => {
    // First what is small, so that nothing is exported that could then not be finished.
    const trust = options.trust ? await gateway.trust() : null
    const { tar, keptBack } = await gateway.export({
      sessions: [...sessions],
      purpose: options.purpose,
      ...(options.plant === undefined ? {} : { plants: [...options.plant] }),
      ...(options.agreement === undefined ? {} : { agreement: options.agreement }),
    })
    const stop = (): void => {
      tar.destroy(new Failure('interrupted: nothing was kept', { exitCode: exitCodes.interrupted }))
    }
    process.once('SIGINT', stop)
    try {
      const unpacked = await unpack(tar, dir)
      if (trust !== null) await writeTrust(trustFile, trust)
      return { ...unpacked, keptBack }
    } finally {
      process.off('SIGINT', stop)
    }
  })
  const trust = options.trust ? trustFile : null
  await output.answer({ dir, files, bytes, keptBack, trust }, () =>
    [
      shown`Exported ${files} files, ${bytes} bytes, to ${dir}`,
      ...(keptBack === 0
        ? []
        : options.plant !== undefined || options.agreement !== undefined
          ? [shown`Not in it: ${keptBack} sealed recordings; export.json says how many for which reason`]
          : [shown`Not in it: ${keptBack} sealed recordings, by the rules they are handled by; name one to read why`]),
      ...(trust === null
        ? [shown`Verify with: sallyport verify ${dir} --trust FILE`]
        : [
            shown`Trust file: ${trust}`,
            'Give it to an auditor on another way than the export, or let her compare its fingerprint.',
            shown`Verify with: sallyport verify ${dir} --trust ${trust}`,
          ]),
    ].join('\n'),
  )
}

/** Writes the trust file after looking at it, so that no half answer becomes somebody's anchor. */
async function writeTrust(file: string, text: string): Promise<void> {
  const { parseTrust, trustTextFrom } = await import('../../../recorder/index.ts')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Failure('trust file: the gateway gave no JSON: is its version that of this command', { cause: error })
  }
  const parsed = parseTrust(value)
  if (parsed.kind === 'malformed') {
    throw new Failure('trust file: the gateway gave none that is valid: is its version that of this command', {
      lines: parsed.problems.map((problem) => shown`- ${problem}`),
    })
  }
  try {
    await writeFile(`${file}.tmp`, trustTextFrom(parsed.trust), { flag: 'wx', mode: 0o644 })
    await rename(`${file}.tmp`, file)
  } catch (error) {
    throw new Failure(`trust file \`${file}\`: ${messageOf(error)}: the export itself is whole`, { cause: error })
  }
}

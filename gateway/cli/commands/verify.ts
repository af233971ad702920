// Verifying an export where nobody but the auditor is: needs the recorder's code, the folder and a trust file. No gateway,
// no database, no network.

import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import type { Trust, Verifier } from '../../../recorder/index.ts'
import { addCommand, type Context, type Invocation } from '../command.ts'
import { codeOf, type ExitCode, exitCodes, Failure, messageOf, misused } from '../failure.ts'
import { plain, shown } from '../plain.ts'

interface VerifyOptions {
  readonly trust?: string
}

/** Where the trust came from: an auditor who did not choose the file herself must be told. */
interface TrustFound {
  readonly file: string
  readonly given: boolean
  readonly trust: Trust
}

/** SubjectPublicKeyInfo of an Ed25519 key up to the key itself (RFC 8410 section 4). */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex')
const maxTrustBytes = 1 << 20

export function addVerifyCommand(program: Command, invocation: Invocation): void {
  addCommand<VerifyOptions>(program, invocation, {
    name: 'verify <export>',
    about:
      'Verifies an export: every file, the ledger, every recording and cast, against the public keys of a trust file.\n' +
      'Needs no gateway, no database and no network. A trust file proves something only if it reached you apart from the\n' +
      'export; without --trust the one beside the export is taken (EXPORT.trust.json, or a single trust*.json), and its\n' +
      'keys are shown so that you can compare them. Recordings that were interrupted but are intact hold, with a note.',
    examples: ['verify ./evidence --trust ~/from-the-isms-manager/trust.json', 'verify ./evidence --json'],
    exits: ['0  everything holds', '1  something does not hold, or cannot be read', '2  the command line is wrong'],
    options: (command) => command.option('--trust <file>', 'trust file: the ledger\u2019s name and public keys'),
    run: (context, options, [dir = '']) => verify(context, options, dir),
  })
}

async function verify({ output }: Context, options: VerifyOptions, dir: string): Promise<ExitCode> {
  await needFolder(dir)
  const found = await findTrust(dir, options.trust)
  const { formatReport, verifyExport } = await import('../../../recorder/index.ts')
  const report = await verifyExport(dir, found.trust)
  const { file, given, trust } = found
  const keys = trust.verifiers.map((key) => ({ vkey: key.vkey, fingerprint: fingerprintOf(key) }))
  const interrupted = report.recordings.filter(({ status }) => status === 'interrupted').length
  await output.answer({ ...report, trust: { file, given, origin: trust.origin, keys } }, () =>
    [
      shown`TRUST  ${file}${given ? '' : ' (found beside the export, not given)'}`,
      ...keys.flatMap(({ vkey, fingerprint }) => [shown`       key ${vkey}`, `       fingerprint ${fingerprint}`]),
      ...(given
        ? []
        : [
            '       Whoever wrote the export may have written this file too: compare the fingerprint with one you were',
            '       given on another way, or say --trust FILE.',
          ]),
      ...formatReport(report).map(plain),
      ...(interrupted === 0
        ? []
        : [
            `note: ${interrupted} recording${interrupted === 1 ? ' was' : 's were'} interrupted: what stands is intact up to there`,
          ]),
    ].join('\n'),
  )
  return report.holds ? exitCodes.ok : exitCodes.failed
}

async function needFolder(dir: string): Promise<void> {
  const stats = await stat(dir).catch((error: unknown) => {
    throw new Failure(`export \`${dir}\`: ${messageOf(error)}: give the folder of an export`, { cause: error })
  })
  if (stats.isFile()) throw new Failure(`export \`${dir}\`: expected a folder, got a file: unpack it first`)
}

async function findTrust(dir: string, given: string | undefined): Promise<TrustFound> {
  if (given !== undefined) return { file: given, given: true, trust: await readTrust(given) }
  const path = resolve(dir)
  const beside = dirname(path)
  const names = await readdir(beside)
  const own = `${basename(path)}.trust.json`
  const candidates = names.includes(own) ? [own] : names.filter((name) => /^trust.*\.json$/.test(name)).sort()
  const [name] = candidates
  if (name === undefined) {
    throw new Failure(
      `trust file: none given and none beside \`${dir}\`: get it from the gateway\u2019s operator and give it with --trust FILE`,
    )
  }
  if (candidates.length > 1) {
    throw misused(
      `trust file: ${candidates.length} stand beside the export (${candidates.join(', ')}): choose with --trust FILE`,
    )
  }
  const file = join(beside, name)
  return { file, given: false, trust: await readTrust(file) }
}

/** @throws Failure with everything that is wrong with the file. */
async function readTrust(file: string): Promise<Trust> {
  const { parseTrust } = await import('../../../recorder/index.ts')
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

/** What `openssl pkey -pubin -outform der | sha256sum` gives for the public key: it can be read out over a telephone. */
function fingerprintOf({ name, vkey }: Verifier): string {
  // The key stands after the name and its id of eight digits: base64 of 0x01 and 32 bytes (C2SP signed-note).
  const key = Buffer.from(vkey.slice(name.length + 10), 'base64').subarray(1)
  return `sha256:${createHash('sha256').update(spkiPrefix).update(key).digest('hex')}`
}

// Verifying an export where nobody but the auditor is: needs the recorder's code, the folder and a trust file. No gateway,
// no database, no network.

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import type { EarlierCheckpoint, JudgeTimestamp, Trust, Verifier } from '../../../recorder/index.ts'
import { addCommand, type Context, type Invocation } from '../command.ts'
import { codeOf, type ExitCode, exitCodes, Failure, messageOf, misused } from '../failure.ts'
import { plain, shown } from '../plain.ts'
import { readPolicy } from '../policy-file.ts'
import { readTrust } from '../trust-file.ts'
import { formatUnknownEntries, UnknownEntryCounter } from '../unknown-entries.ts'
import { proofSuffix, verifyProofFile } from '../verify-proof.ts'

interface VerifyOptions {
  readonly trust?: string
  readonly policy?: string
  readonly tsaCa?: string
  readonly earlier?: readonly string[]
  readonly log?: string
  readonly ca?: string
}

/** Where the trust came from: an auditor who did not choose the file herself must be told. */
interface TrustFound {
  readonly file: string
  readonly given: boolean
  readonly trust: Trust
}

/** SubjectPublicKeyInfo of an Ed25519 key up to the key itself (RFC 8410 section 4). */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex')

export function addVerifyCommand(program: Command, invocation: Invocation): void {
  addCommand<VerifyOptions>(program, invocation, {
    name: 'verify [path]',
    about:
      'Verifies an export: every file, the ledger, every recording and cast, against the public keys of a trust file.\n' +
      'Needs no gateway, no database and no network. A trust file proves something only if it reached you apart from the\n' +
      'export; without --trust the one beside the export is taken (EXPORT.trust.json, or a single trust*.json), and its\n' +
      'keys are shown so that you can compare them. Recordings that were interrupted but are intact hold, with a note.\n\n' +
      'Of a file FILE.tlog-proof it verifies that the entry beside it, FILE.json, stands in the ledger. With --policy a\n' +
      'checkpoint counts only if the witnesses that the policy asks for have cosigned it.\n\n' +
      'With --log instead of a path it verifies a ledger that is published as static files (C2SP tlog-tiles): in a folder,\n' +
      'behind an address, or with `gateway` the one you are logged in to. It reads every entry.\n\n' +
      'Who holds the signing key could sign another history. With --earlier the ledger must go on from a checkpoint that you\n' +
      'kept, as `ledger/checkpoint` of an older export is: keep one of each visit.',
    examples: [
      'verify ./evidence --trust ~/from-the-isms-manager/trust.json',
      'verify ./evidence --policy ~/plant1.policy --json',
      'verify ./evidence --trust trust.json --earlier ./evidence-of-last-year/ledger/checkpoint',
      'verify ./proofs/4711.tlog-proof --policy ~/plant1.policy',
      'verify --log https://ledger.plant1.example/ --trust plant1.trust.json',
    ],
    exits: ['0  everything holds', '1  something does not hold, or cannot be read', '2  the command line is wrong'],
    options: (command) =>
      command
        .option('--trust <file>', 'trust file: the ledger\u2019s name and public keys')
        .option('--policy <file>', 'trust policy: the witnesses that must have cosigned')
        .option('--log <where>', 'verify a published ledger: a folder, an address, or `gateway`')
        .option('--ca <file>', 'PEM of the CA that the address of --log has its certificate from')
        .option('--tsa-ca <file>', 'certificates (PEM) of the time-stamping authorities you trust')
        .option(
          '--earlier <file...>',
          'checkpoints you kept: `ledger/checkpoint` of an older export, or one published',
        ),
    run: (context, options, [dir = '']) => verify(context, options, dir),
  })
}

async function verify(context: Context, options: VerifyOptions, dir: string): Promise<ExitCode> {
  const { output } = context
  const policy = options.policy === undefined ? null : await readPolicy(options.policy)
  const earlier = await Promise.all((options.earlier ?? []).map(readEarlier))
  if (options.log !== undefined) {
    if (dir !== '') throw misused('give a path or --log, not both')
    if (options.trust === undefined)
      throw misused('a published ledger is verified with --trust FILE: say whom you trust')
    const { verifyPublished } = await import('../verify-log.ts')
    const trust = await readTrust(options.trust)
    return verifyPublished(context, options.log, { trust, policy, ca: options.ca, earlier })
  }
  if (dir === '') throw misused('what is to be verified: give the path of an export or a proof, or --log')
  if (dir.endsWith(proofSuffix)) {
    const trust = options.trust === undefined ? null : await readTrust(options.trust)
    return verifyProofFile(output, dir, { trust, policy })
  }
  await needFolder(dir)
  const found = await findTrust(dir, options.trust)
  const [{ formatReport, verifyExport }, { checkEvent }] = await Promise.all([
    import('../../../recorder/index.ts'),
    import('../../../policy/index.ts'),
  ])
  const timestamps = options.tsaCa === undefined ? {} : { judgeTimestamp: await timestampJudge(options.tsaCa) }
  const unknown = new UnknownEntryCounter(checkEvent)
  const report = await verifyExport(dir, found.trust, policy, { ...timestamps, visitEntry: unknown.visit, earlier })
  const { file, given, trust } = found
  const keys = trust.verifiers.map((key) => ({ vkey: key.vkey, fingerprint: fingerprintOf(key) }))
  const interrupted = report.recordings.filter(({ status }) => status === 'interrupted').length
  const answer = { ...report, unknown: unknown.found(), trust: { file, given, origin: trust.origin, keys } }
  await output.answer(answer, () =>
    [
      shown`TRUST  ${file}${given ? '' : ' (found beside the export, not given)'}`,
      ...keys.flatMap(({ vkey, fingerprint }) => [shown`       key ${vkey}`, `       fingerprint ${fingerprint}`]),
      ...(given
        ? []
        : [
            '       Whoever wrote the export may have written this file too: compare the fingerprint with one you were',
            '       given on another way, or say --trust FILE.',
          ]),
      ...formatUnknownEntries(answer.unknown).map(plain),
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

async function readEarlier(where: string): Promise<EarlierCheckpoint> {
  const note = await readFile(where).catch((error: unknown) => {
    throw new Failure(`checkpoint \`${where}\`: ${messageOf(error)}`, { cause: error })
  })
  return { where, note }
}

/** Loads the ASN.1 library, which only timestamps need. */
async function timestampJudge(file: string): Promise<JudgeTimestamp> {
  const { readTimeAuthorities, verifyTimestamp } = await import('../../../recorder/timestamp/token.ts')
  const pem = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Failure(`certificates \`${file}\`: ${messageOf(error)}`, { cause: error })
  })
  const authorities = readTimeAuthorities(pem)
  if (authorities === null) throw new Failure(`certificates \`${file}\`: expected certificates in PEM`)
  return (response, document) => verifyTimestamp(response, document, authorities, null)
}

async function needFolder(dir: string): Promise<void> {
  const stats = await stat(dir).catch((error: unknown) => {
    const found = codeOf(error) === 'ENOENT' ? 'there is no such folder' : messageOf(error)
    throw new Failure(`export \`${dir}\`: ${found}: give the folder of an export`, { cause: error })
  })
  if (stats.isFile()) throw new Failure(`export \`${dir}\`: expected a folder, got a file: unpack it first`)
  if (existsSync(join(dir, 'backup.json')))
    throw new Failure(`export \`${dir}\`: is a backup: check it with \`sallyport restore ${dir} --check\``)
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

/** What `openssl pkey -pubin -outform der | sha256sum` gives for the public key: it can be read out over a telephone. */
function fingerprintOf({ name, vkey }: Verifier): string {
  // The key stands after the name and its id of eight digits: base64 of 0x01 and 32 bytes (C2SP signed-note).
  const key = Buffer.from(vkey.slice(name.length + 10), 'base64').subarray(1)
  return `sha256:${createHash('sha256').update(spkiPrefix).update(key).digest('hex')}`
}

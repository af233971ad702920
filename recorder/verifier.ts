// The verifier as a program of its own: `npm run build` makes one self-contained file of this and what it stands on, which an
// auditor can read and run with any Node.js from version 20, without installing anything. It says what `sallyport verify` says.

import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { messageOf, quote } from './errors.ts'
import { formatProofReport, reportProof } from './proof-report.ts'
import { formatReport } from './report.ts'
import { parseTrust, type Trust } from './trust.ts'
import { verifyExport } from './verify.ts'
import { type LogPolicy, parseLogPolicy } from './witness/policy.ts'

const usage = `usage: node sallyport-verify.mjs <path> --trust FILE [--policy FILE] [--earlier FILE]... [--json]

Verifies an evidence export (a folder), or the proof of one entry (FILE.tlog-proof with FILE.json beside it), against
the public keys of a trust file. With --policy a checkpoint counts only if the witnesses asked for have cosigned it.
With --earlier the ledger must go on from a checkpoint that you kept, as ledger/checkpoint of an older
export is.
Exit codes: 0 everything holds, 1 something does not or cannot be read, 2 the command line is wrong.
`
const proofSuffix = '.tlog-proof'

class CannotVerify extends Error {
  readonly code: 1 | 2

  constructor(code: 1 | 2, message: string) {
    super(message)
    this.code = code
  }
}

async function run(args: readonly string[]): Promise<0 | 1> {
  const { path, trust: trustFile, policy: policyFile, earlier: kept, json } = readArguments(args)
  const policy = policyFile === undefined ? null : await readPolicy(policyFile)
  const trust = trustFile === undefined ? null : await readTrust(trustFile)
  const say = (report: { readonly holds: boolean }, lines: readonly string[]): 0 | 1 => {
    process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : `${lines.map(printable).join('\n')}\n`)
    return report.holds ? 0 : 1
  }
  if (path.endsWith(proofSuffix)) {
    const by = policy !== null ? { policy } : trust !== null ? { trust } : null
    if (by === null) throw new CannotVerify(2, 'say whom you trust: --trust FILE or --policy FILE')
    const entry = await read(`${path.slice(0, -proofSuffix.length)}.json`)
    const report = reportProof(await read(path), entry, by)
    return say(report, formatProofReport(report))
  }
  if (trust === null) throw new CannotVerify(2, 'say whom you trust: --trust FILE')
  const earlier = await Promise.all(kept.map(async (where) => ({ where, note: await read(where) })))
  const report = await verifyExport(path, trust, policy, { earlier })
  return say(report, formatReport(report))
}

function readArguments(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        trust: { type: 'string' },
        policy: { type: 'string' },
        earlier: { type: 'string', multiple: true },
        json: { type: 'boolean' },
      },
    })
    const [path, ...more] = positionals
    if (path === undefined || more.length > 0) throw new Error('expected one path')
    return {
      path,
      trust: values.trust,
      policy: values.policy,
      earlier: values.earlier ?? [],
      json: values.json === true,
    }
  } catch (cause) {
    throw new CannotVerify(2, `${messageOf(cause)}\n\n${usage}`)
  }
}

async function readTrust(file: string): Promise<Trust> {
  const text = (await read(file)).toString('utf8')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new CannotVerify(1, `trust file ${quote(file)}: expected JSON: ${messageOf(cause)}`)
  }
  const parsed = parseTrust(value)
  if (parsed.kind === 'malformed') throw new CannotVerify(1, `trust file ${quote(file)}: ${parsed.problems.join('; ')}`)
  return parsed.trust
}

async function readPolicy(file: string): Promise<LogPolicy> {
  const parsed = parseLogPolicy(await read(file))
  if (parsed.kind === 'malformed')
    throw new CannotVerify(1, `trust policy ${quote(file)}: ${parsed.problems.join('; ')}`)
  return parsed.policy
}

async function read(file: string): Promise<Buffer> {
  return readFile(file).catch((cause: unknown) => {
    throw new CannotVerify(1, `${quote(file)}: ${messageOf(cause)}`)
  })
}

/** What was read may hold anything: nothing of it acts on the terminal. */
function printable(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`)
}

run(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (cause: unknown) => {
    if (!(cause instanceof CannotVerify)) throw cause
    process.stderr.write(`sallyport-verify: ${cause.message}\n`)
    process.exitCode = cause.code
  },
)

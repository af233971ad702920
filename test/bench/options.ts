// The command line of the bench: what is measured, how large, and in which form it is told.

import { parseArgs } from 'node:util'
import type { PolicyPlan } from './policy/measure.ts'
import type { LedgerPlan } from './ledger/measure.ts'
import type { RecorderPlan } from './recorder/measure.ts'
import type { ObjectStorePlan } from './object-store/measure.ts'
import type { ReplayPlan } from './replay/measure.ts'
import type { SearchPlan } from './search/measure.ts'

/** Lines that play sessions, on a scene with OpenSSH. */
export const sessionLines = ['throughput', 'files', 'setup', 'echo', 'memory', 'transfers'] as const
export type SessionLine = (typeof sessionLines)[number]
/** Lines that play no session, and need neither network nor OpenSSH. */
export const partLines = ['policy', 'recorder', 'ledger', 'replay', 'search', 'object-store'] as const
export type PartLine = (typeof partLines)[number]
export const lineNames = [...sessionLines, ...partLines] as const
export type LineName = (typeof lineNames)[number]

/** What one run measures. Sizes are in bytes. */
export interface BenchOptions {
  readonly lines: readonly LineName[]
  readonly json: boolean
  readonly cipher: string
  /** Folder that V8 CPU profiles of the gateway are left in. */
  readonly profile: string | null
  /** `ssh.workers` of the gateway's configuration; null leaves it out. */
  readonly workers: number | null
  /** Bytes in all, by one session and by so many at a time. */
  readonly throughput: { readonly bytes: number; readonly rounds: number; readonly streams: readonly number[] }
  readonly files: { readonly bytes: number; readonly rounds: number }
  /** Set-ups one after the other, and how many in all for the rate, so many at a time. */
  readonly setup: { readonly rounds: number; readonly rated: number; readonly atATime: number }
  /** Keystrokes while nothing else goes on, and while another session moves bulk data. */
  readonly echo: { readonly samples: number; readonly underLoad: number }
  /** How many idle sessions, each a look; the double hop is asked for the first. */
  readonly memory: { readonly sessions: readonly [number, ...number[]] }
  readonly transfers: { readonly bytes: number; readonly count: number }
  readonly policy: PolicyPlan
  readonly recorder: RecorderPlan
  readonly ledger: LedgerPlan
  readonly replay: ReplayPlan
  readonly objectStore: ObjectStorePlan
  readonly search: SearchPlan
}

export type AskedBench =
  | { readonly kind: 'run'; readonly options: BenchOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly text: string }

const megabyte = 1_000_000

/** How much of everything. */
type Plan = Omit<BenchOptions, 'lines' | 'json' | 'cipher' | 'profile' | 'workers'>

export const helpText = `Usage: npm run bench -- [options]

Measures the gateway against a double hop through OpenSSH (ssh -> sshd -> ssh -> sshd), which also decrypts and encrypts
again, and shows a direct connection and ssh -J beside them. Everything runs on loopback, in one run, with the same
programs, cipher and target; docs/performance.md explains.
The policy line measures decisions instead, against the Cedar engine asked by itself; the recorder line measures recording and
verifying, against plain writes, script and tlog-rec. The search line measures indexing and queries, the
ledger line appends, proofs and verification, the replay line seeking in a recording of ten hours.

Options:
  --only NAME     one line of the table; may be given several times: ${lineNames.join(', ')}
  --quick         less of everything: a look in about five minutes instead of a measurement in about half an hour
  --entries N     size of ledger to measure, up to 100 million; may be given several times (default: 100000 and 1000000)
  --cipher NAME   cipher of every SSH connection (default: aes128-gcm@openssh.com)
  --workers N     processes that carry the gateway's SSH sessions (ssh.workers; 0: the gateway's own)
  --profile DIR   leave CPU profiles of the gateway there (V8 .cpuprofile); slows it a little
  --json          the figures and every sample as one JSON document
  --help          this text

Needs ssh, sshd, sftp, scp and ssh-keygen (OpenSSH), sha256sum and dd (coreutils), Linux, and about 2.5 GB of free disk (--quick: 1 GB).
The policy line by itself needs none of them, and about 2 GB of memory; the recorder line about 25 GB of disk (--quick: 3 GB).
Exit code 0: measured and no byte lost; 1: could not measure, or bytes differ; 2: the command line is wrong.
`

const full: Plan = {
  throughput: { bytes: 600 * megabyte, rounds: 5, streams: [1, 8] },
  files: { bytes: 600 * megabyte, rounds: 5 },
  setup: { rounds: 20, rated: 160, atATime: 8 },
  echo: { samples: 1200, underLoad: 600 },
  memory: { sessions: [100, 1_000] },
  transfers: { bytes: 600 * megabyte, count: 20 },
  policy: { assets: [10, 1_000, 100_000], policies: [10, 100, 1_000], calls: 3_000, grants: 5_000 },
  recorder: {
    bytes: 2_000 * megabyte,
    frames: 300_000,
    rounds: 5,
    terminalBytes: 100 * megabyte,
    longBytes: 10_000 * megabyte,
  },
  ledger: { ms: 5_000, writers: [1, 10, 100], entries: [100_000, 1_000_000], proofs: 2_000 },
  replay: { hours: 10, bytes: 60 * megabyte, seeks: 1_000 },
  objectStore: { bytes: 256 * megabyte },
  search: { bytes: 20 * megabyte, recordings: 10_000, charactersEach: 3_000, queries: 100 },
}

const quick: Plan = {
  throughput: { bytes: 160 * megabyte, rounds: 2, streams: [1, 8] },
  files: { bytes: 160 * megabyte, rounds: 1 },
  setup: { rounds: 5, rated: 32, atATime: 8 },
  echo: { samples: 200, underLoad: 100 },
  memory: { sessions: [20, 100] },
  transfers: { bytes: 100 * megabyte, count: 2 },
  policy: { assets: [10, 1_000, 10_000], policies: [10, 100, 1_000], calls: 1_500, grants: 1_000 },
  recorder: {
    bytes: 300 * megabyte,
    frames: 50_000,
    rounds: 2,
    terminalBytes: 20 * megabyte,
    longBytes: 1_000 * megabyte,
  },
  ledger: { ms: 1_500, writers: [1, 10, 100], entries: [10_000, 100_000], proofs: 500 },
  replay: { hours: 10, bytes: 10 * megabyte, seeks: 200 },
  objectStore: { bytes: 48 * megabyte },
  search: { bytes: 5 * megabyte, recordings: 1_000, charactersEach: 10_000, queries: 50 },
}

/** Parses the arguments; says in one clause what is wrong with them. */
export function parseOptions(argv: readonly string[]): AskedBench {
  const values = valuesOf(argv)
  if ('text' in values) return { kind: 'wrong', text: values.text }
  if (values.help) return { kind: 'help' }
  const unknown = values.only.find((name) => !isLineName(name))
  if (unknown !== undefined)
    return { kind: 'wrong', text: `--only: expected ${lineNames.join(', ')}, got \`${unknown}\`` }
  const asked = values.only.filter(isLineName)
  const entries = values.entries.map(Number)
  const odd = values.entries.find((_, n) => !isLedgerSize(entries[n]))
  if (odd !== undefined) return { kind: 'wrong', text: `--entries: expected 1 to ${mostEntries}, got \`${odd}\`` }
  const workers = values.workers === null ? null : Number(values.workers)
  if (workers !== null && !(Number.isSafeInteger(workers) && workers >= 0 && workers <= 64))
    return { kind: 'wrong', text: `--workers: expected 0 to 64, got \`${values.workers}\`` }
  const plan = values.quick ? quick : full
  return {
    kind: 'run',
    options: {
      lines: asked.length === 0 ? lineNames : lineNames.filter((name) => asked.includes(name)),
      json: values.json,
      cipher: values.cipher,
      profile: values.profile,
      workers,
      ...plan,
      ledger: entries.length === 0 ? plan.ledger : { ...plan.ledger, entries: entries.toSorted((a, b) => a - b) },
    },
  }
}

function valuesOf(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        only: { type: 'string', multiple: true },
        entries: { type: 'string', multiple: true },
        quick: { type: 'boolean' },
        cipher: { type: 'string' },
        profile: { type: 'string' },
        workers: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    })
    return {
      only: values.only ?? [],
      entries: values.entries ?? [],
      quick: values.quick ?? false,
      cipher: values.cipher ?? 'aes128-gcm@openssh.com',
      profile: values.profile ?? null,
      workers: values.workers ?? null,
      json: values.json ?? false,
      help: values.help ?? false,
    }
  } catch (error) {
    return { text: error instanceof Error ? error.message : String(error) }
  }
}

const mostEntries = 100_000_000
const isLedgerSize = (size: number | undefined): boolean =>
  Number.isSafeInteger(size) && Number(size) >= 1 && Number(size) <= mostEntries

function isLineName(name: string): name is LineName {
  return (lineNames as readonly string[]).includes(name)
}

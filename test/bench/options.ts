// The command line of the bench: what is measured, how large, and in which form it is told.

import { parseArgs } from 'node:util'
import type { PolicyPlan } from './policy/measure.ts'

/** Lines that play sessions, on a scene with OpenSSH. */
export const sessionLines = ['throughput', 'setup', 'echo', 'memory', 'transfers'] as const
export type SessionLine = (typeof sessionLines)[number]
/** `policy` plays no session: it decides, and needs neither network nor OpenSSH. */
export const lineNames = [...sessionLines, 'policy'] as const
export type LineName = (typeof lineNames)[number]

/** What one run measures. Sizes are in bytes. */
export interface BenchOptions {
  readonly lines: readonly LineName[]
  readonly json: boolean
  readonly cipher: string
  /** Folder that V8 CPU profiles of the gateway are left in. */
  readonly profile: string | null
  readonly throughput: { readonly bytes: number; readonly rounds: number }
  readonly setup: { readonly rounds: number }
  readonly echo: { readonly samples: number }
  readonly memory: { readonly sessions: number }
  readonly transfers: { readonly bytes: number; readonly count: number }
  readonly policy: PolicyPlan
}

export type AskedBench =
  | { readonly kind: 'run'; readonly options: BenchOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly text: string }

const megabyte = 1_000_000

export const helpText = `Usage: npm run bench -- [options]

Measures the gateway against a double hop through OpenSSH (ssh -> sshd -> ssh -> sshd), which also decrypts and encrypts
again. Everything runs on loopback, in one run, with the same programs, cipher and target; docs/performance.md explains.
The policy line measures decisions instead, against the Cedar engine asked by itself.

Options:
  --only NAME     one line of the table; may be given several times: ${lineNames.join(', ')}
  --quick         less of everything: a look in about a minute instead of a measurement in about ten
  --cipher NAME   cipher of every SSH connection (default: aes128-gcm@openssh.com)
  --profile DIR   leave CPU profiles of the gateway there (V8 .cpuprofile); slows it a little
  --json          the figures and every sample as one JSON document
  --help          this text

Needs ssh, sshd and ssh-keygen (OpenSSH), sha256sum and dd (coreutils), Linux, and about 2.5 GB of free disk (--quick: 1 GB).
The policy line by itself needs none of them, and about 2 GB of memory.
Exit code 0: measured and no byte lost; 1: could not measure, or bytes differ; 2: the command line is wrong.
`

const full = {
  throughput: { bytes: 600 * megabyte, rounds: 5 },
  setup: { rounds: 20 },
  echo: { samples: 1200 },
  memory: { sessions: 100 },
  transfers: { bytes: 600 * megabyte, count: 20 },
  policy: { assets: [10, 1_000, 100_000], policies: [10, 100, 1_000], calls: 3_000, grants: 5_000 },
}

const quick = {
  throughput: { bytes: 100 * megabyte, rounds: 2 },
  setup: { rounds: 5 },
  echo: { samples: 200 },
  memory: { sessions: 20 },
  transfers: { bytes: 100 * megabyte, count: 2 },
  policy: { assets: [10, 1_000, 10_000], policies: [10, 100, 1_000], calls: 1_500, grants: 1_000 },
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
  return {
    kind: 'run',
    options: {
      lines: asked.length === 0 ? lineNames : lineNames.filter((name) => asked.includes(name)),
      json: values.json,
      cipher: values.cipher,
      profile: values.profile,
      ...(values.quick ? quick : full),
    },
  }
}

function valuesOf(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        only: { type: 'string', multiple: true },
        quick: { type: 'boolean' },
        cipher: { type: 'string' },
        profile: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    })
    return {
      only: values.only ?? [],
      quick: values.quick ?? false,
      cipher: values.cipher ?? 'aes128-gcm@openssh.com',
      profile: values.profile ?? null,
      json: values.json ?? false,
      help: values.help ?? false,
    }
  } catch (error) {
    return { text: error instanceof Error ? error.message : String(error) }
  }
}

function isLineName(name: string): name is LineName {
  return (lineNames as readonly string[]).includes(name)
}

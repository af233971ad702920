// `npm run demo`: a gateway with a small plant around it, to play with or, with `--once`, to watch. Also what
// `sallyport demo` runs.

import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { keepCompiled } from '../runtime/compiled.ts'

export interface DemoOptions {
  /** Run the main job as a script, and stop. */
  readonly once: boolean
  /** Folder to leave the evidence export and its trust file in; only with `once`. */
  readonly keep: string | null
  readonly json: boolean
}

const help = `A gateway with a small demo plant around it, on this machine and in one temporary folder.

  npm run demo                         start it, show the logins and what to try; Ctrl-C stops it
  npm run demo -- --once               run the whole main job as a script, one line a step
  npm run demo -- --once --keep DIR    and leave DIR/export and DIR/trust.json there

  --once      request, approve, connect, end, seal, verify, register; ends with 0, or 1 and the step that failed
  --keep DIR  keep the evidence export and the public keys to verify it with (needs --once)
  --json      say it as JSON
  --help      show this text
`

/** Runs the demo and gives the exit code. */
export async function demo({ once, keep, json }: DemoOptions): Promise<number> {
  keepCompiled()
  // Loaded when it is run: help and a wrong command line are answered at once.
  if (once) return (await import('./script.ts')).runScript({ keep, json })
  if (keep === null) return (await import('./interactive.ts')).runInteractive({ json })
  process.stderr.write('demo: --keep: there is nothing to keep without --once: add it\n')
  return 2
}

async function main(argv: readonly string[]): Promise<number> {
  const options = {
    once: { type: 'boolean', default: false },
    keep: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const
  let values
  try {
    ;({ values } = parseArgs({ args: [...argv], options, allowPositionals: false }))
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    process.stderr.write(`demo: ${error.message.split('. ')[0]}: see \`npm run demo -- --help\`\n`)
    return 2
  }
  if (values.help) {
    process.stdout.write(help)
    return 0
  }
  // npm starts scripts in the package's folder; a relative folder means the one the person is in.
  const here = process.env.npm_lifecycle_event === 'demo' ? (process.env.INIT_CWD ?? '.') : '.'
  const keep = values.keep === undefined ? null : resolve(here, values.keep)
  return demo({ once: values.once, keep, json: values.json })
}

if (import.meta.main) {
  // `npm run demo | head`: the reader has seen enough.
  process.stdout.on('error', () => process.exit(141))
  process.exitCode = await main(process.argv.slice(2))
}

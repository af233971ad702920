// The gateway under measurement, alone in a process of its own. Its clock is the system's, moved forward whenever the
// bench needs a fresh authenticator code: a code is good once, and a new one comes only every 30 seconds.

import { tuneHeap } from '../../gateway/runtime/heap.ts'

// First, and before the rest is loaded, as the launcher does.
tuneHeap()
const { startGateway } = await import('../../gateway/app.ts')
const { systemClock } = await import('../../gateway/clock.ts')
const { loadConfig } = await import('../../gateway/config.ts')
const { openLog } = await import('../../gateway/log.ts')

/** What the bench asks of the gateway's process. */
export type Order =
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'collect' }
  | { readonly kind: 'stop' }

/** What the process answers. */
export type Reply =
  | { readonly kind: 'ready'; readonly sshPort: number; readonly httpsPort: number }
  | { readonly kind: 'advanced' }
  /** Bytes still in use after all garbage was collected: objects, and the memory behind buffers. */
  | { readonly kind: 'collected'; readonly live: number }
  | { readonly kind: 'stopped' }

const [configFile = ''] = process.argv.slice(2)
const loaded = await loadConfig(configFile, {})
if (loaded.kind === 'invalid') throw new Error(loaded.problems.join('; '))
let ahead = 0
const clock = { now: () => systemClock.now() + ahead, monotonic: systemClock.monotonic }
const gateway = await startGateway(loaded.config, openLog(loaded.config.logLevel), clock)

process.on('message', (order: Order) => {
  switch (order.kind) {
    case 'advance':
      ahead += order.ms
      reply({ kind: 'advanced' })
      break
    case 'collect':
      collect().then(
        (live) => reply({ kind: 'collected', live }),
        (error: unknown) => fail('garbage not collected', error),
      )
      break
    case 'stop':
      gateway.stop().then(
        () => {
          reply({ kind: 'stopped' })
          process.disconnect()
        },
        (error: unknown) => fail('gateway not stopped', error),
      )
      break
  }
})
reply({ kind: 'ready', sshPort: gateway.ssh.port, httpsPort: gateway.https.port })

/** Collects garbage twice: what the first finds dead may hold what only the second can free. */
async function collect(): Promise<number> {
  if (gc === undefined) throw new Error('expected --expose-gc')
  await gc({ execution: 'async', type: 'major' })
  await gc({ execution: 'async', type: 'major' })
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function fail(what: string, error: unknown): void {
  process.stderr.write(`${what}: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}

function reply(message: Reply): void {
  process.send?.(message)
}

// A gateway that runs: in the test's own process, which is quick, or in a process of its own, which can be killed.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

import { startGateway } from '../../gateway/app.ts'
import type { Stage } from '../../gateway/demo/stage.ts'
import { openLog } from '../../gateway/log.ts'
import type { MovableClock } from './movable-clock.ts'

export interface RunningGateway {
  /** The process it runs in. */
  readonly pid: number
  readonly ssh: { readonly port: number }
  readonly https: { readonly port: number }
  stop(): Promise<void>
  /** `kill -9`. Only for a gateway in a process of its own. */
  kill(): Promise<void>
  /** The clock was moved on by so much. */
  advanced(ms: number): void
}

export async function runHere({ config }: Stage, logFile: string, clock: MovableClock): Promise<RunningGateway> {
  const { ssh, https, stop } = await startGateway(config, openLog(config.logLevel, logFile), clock)
  return {
    pid: process.pid,
    ssh,
    https,
    stop,
    kill: () => Promise.reject(new Error('a gateway in the process of the test cannot be killed')),
    advanced: () => undefined,
  }
}

interface Listening {
  readonly ssh: { readonly port: number }
  readonly https: { readonly port: number }
}

export async function runApart({ folder }: Stage, logFile: string, clock: MovableClock): Promise<RunningGateway> {
  const words = [join(folder, 'sallyport.yaml'), logFile, String(Math.max(0, clock.now() - Date.now()))]
  const child = fork(join(import.meta.dirname, 'gateway-child.ts'), words, { execArgv: [] })
  const ended = once(child, 'exit')
  const { ssh, https } = await listening(child)
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal)
    await ended
  }
  return {
    pid: child.pid ?? 0,
    ssh,
    https,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    advanced: (ms) => child.connected && child.send(ms),
  }
}

function listening(child: ChildProcess): Promise<Listening> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as Listening))
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code} before it listened: see its log`)))
  })
}

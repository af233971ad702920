// The program that running-gateway.ts starts: a gateway on the configuration named, in a process of its own, that says on
// its IPC channel where it listens. The clock is moved on from outside, so that codes do not run out.

import { startGateway } from '../../gateway/app.ts'
import { loadConfig } from '../../gateway/config.ts'
import { openLog } from '../../gateway/log.ts'
import { movableClock } from './movable-clock.ts'

const [configFile = '', logFile = '', offset = '0'] = process.argv.slice(2)
const clock = movableClock()
clock.advance(Number(offset))
const loaded = await loadConfig(configFile, {})
if (loaded.kind === 'invalid') throw new Error(loaded.problems.join('; '))
process.on('message', (ms: number) => clock.advance(ms))
// Whoever started us is gone: a gateway of a test lives no longer than the test.
process.on('disconnect', () => process.exit(1))
const { ssh, https, stop } = await startGateway(loaded.config, openLog(loaded.config.logLevel, logFile), clock)
process.once('SIGTERM', () => {
  stop().then(
    () => process.exit(0),
    () => process.exit(1),
  )
})
process.send?.({ ssh, https })

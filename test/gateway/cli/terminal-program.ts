// A program for terminal.test.ts: asks as a command asks, then plays a recording that never ends.

import type { CastEvent } from '../../../gateway/cli/cast.ts'
import { openOutput } from '../../../gateway/cli/output.ts'
import { play } from '../../../gateway/cli/player.ts'
import { ask, askSecret } from '../../../gateway/cli/prompt.ts'
import { openScreen } from '../../../gateway/cli/terminal-screen.ts'

const login = await ask('Login: ', 'give --user')
const password = await askSecret('Password: ', 'give --password-file')
const output = openOutput(false, process)
await output.write(`<${login} ${password.expose().length}>`)

async function* endless(): AsyncGenerator<CastEvent> {
  yield { at: 0, code: 'o', text: '\u001b[?1049h\u001b[31mplaying' }
  for (let at = 0.01; ; at += 0.01) yield { at, code: 'o', text: '.' }
}
const screen = openScreen(output, () => process.stderr.write('[stopping]'))
try {
  const { whole } = await play(endless(), screen, { factor: 1, idleLimit: 1 })
  await output.write(`[whole ${whole}]`)
} finally {
  screen.close()
}
await output.write(`[raw ${process.stdin.isRaw}]`)

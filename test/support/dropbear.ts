// A real dropbear as the target of brokered sessions. It takes keys only from the home its account has in the system's
// list: it is given one of its own there, in a mount namespace that ends with it, and nobody's home is touched.

import { spawn } from 'node:child_process'
import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { Secret } from '../../gateway/secret.ts'
import { eventually } from './eventually.ts'
import { partPath } from './parts.ts'
import { freePort, makeKey } from './sshd.ts'

const run = promisify(execFile)

export interface Dropbear {
  readonly port: number
  /** As a bundle pins it. */
  readonly hostKey: string
  readonly account: string
  readonly credential: Secret<string>
  log(): string
  stop(): Promise<void>
}

/** Starts it in `folder`, which is made. Resolves when it listens. */
export async function startDropbear(folder: string): Promise<Dropbear> {
  const home = join(folder, 'home')
  await mkdir(join(home, '.ssh'), { recursive: true, mode: 0o700 })
  const keyFile = await makeKey(join(folder, 'service_key'))
  await writeFile(join(home, '.ssh', 'authorized_keys'), await readFile(`${keyFile}.pub`), { mode: 0o600 })
  const hostKeyFile = join(folder, 'dropbear_key')
  const { stdout } = await run(partPath('dropbearkey'), ['-t', 'ed25519', '-f', hostKeyFile])
  const hostKey = /ssh-ed25519 [A-Za-z0-9+/=]+/.exec(stdout)?.[0]
  if (hostKey === undefined) throw new Error(`dropbearkey has printed no public key: ${stdout}`)
  const port = await freePort()
  const { username, homedir } = userInfo()
  const ordinary = process.getuid?.() === 0 ? [] : ['--map-current-user', '--keep-caps']
  const script = 'mount --bind "$1" "$2" && exec "$3" -F -E -s -m -P "" -r "$4" -p "127.0.0.1:$5"'
  const words = [home, homedir, partPath('dropbear'), hostKeyFile, String(port)]
  const child = spawn(partPath('unshare'), ['--mount', ...ordinary, 'sh', '-c', script, 'sh', ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const log: string[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => log.push(text))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await eventually('dropbear listens', () => {
    if (child.exitCode !== null) throw new Error(`dropbear ended with ${child.exitCode}: ${log.join('')}`)
    return log.join('').includes('Not backgrounding')
  })
  return {
    port,
    hostKey,
    account: username,
    credential: new Secret(await readFile(keyFile, 'utf8')),
    log: () => log.join(''),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await ended
    },
  }
}

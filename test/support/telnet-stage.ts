// A gateway with targets that speak telnet: `hist-1` is the real telnetd of inetutils under a small listener that starts
// it as inetd does, and `ews-1` is a socket that does what the test says.

import { spawn, type ChildProcess } from 'node:child_process'
import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { parseDocument } from 'yaml'

import type { Place } from '../../gateway/demo/stage.ts'
import { putCredential } from '../../gateway/identity/credentials.ts'
import { openVault } from '../../gateway/identity/vault.ts'
import { readVaultKey } from '../../gateway/keys.ts'
import { Secret } from '../../gateway/secret.ts'
import { stageGateway, type GatewayStage, type StageWish } from './gateway-stage.ts'
import { partPath } from './parts.ts'

export const telnetAccount = 'service'
/** With bytes that mean something to telnet's line and to a shell. */
export const telnetPassword = 'p$ a5s#wörd:'

const demoBundle = join(import.meta.dirname, '../../gateway/demo/bundle')

/** The login of the real target: asks, compares, and runs a shell. */
const loginScript = (echoes: boolean): string => `#!/bin/sh
printf 'Controller 7, line 3\\r\\n\\r\\nplc-7 login: '
IFS= read -r user
stty -echo
printf 'Password: '
IFS= read -r given
${echoes ? `printf '%s\\r\\n' "$given"` : ':'}
stty echo
printf '\\r\\n'
if [ "$user" = '${telnetAccount}' ] && [ "$given" = '${telnetPassword}' ]; then PS1='plc-7> '; export PS1; exec sh -i; fi
printf 'Login incorrect\\r\\n'
`

export interface Telnetd {
  readonly port: number
  /** Processes it has now. */
  readonly running: ReadonlySet<ChildProcess>
  stop(): Promise<void>
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)))

/** @param echoes does its login show the password it was given, as bad ones do? */
export async function startTelnetd(echoes = false): Promise<Telnetd> {
  const folder = await mkdtemp(join(tmpdir(), 'sp-telnetd-'))
  const login = join(folder, 'login')
  await writeFile(login, loginScript(echoes))
  await chmod(login, 0o755)
  const running = new Set<ChildProcess>()
  // What comes first is telnetd's to read.
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    const child = spawn(partPath('telnetd'), ['-h', `--exec-login=${login}`], {
      stdio: [socket, socket, 'ignore'],
      env: { ...process.env, HOME: folder },
    })
    running.add(child)
    child.once('close', () => running.delete(child))
    child.once('spawn', () => socket.destroy())
  })
  const port = await listen(server)
  return {
    port,
    running,
    async stop() {
      for (const child of running) child.kill()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const exception = `exceptions:
  - id: EX-90
    title: Controllers that speak telnet and nothing else
    owner: Production lead
    approvedBy: OT security lead
    reason: Their maker offers no other access, and they are replaced in 2028.
    risk: R-08
    compensating: [GW-NET-04, GW-LOG-02]
    assets: [hist-1, ews-1]
    from: 2020-01-01
    until: 2099-12-31
    renewals: 0
`

/** The demo's register with the exception that clear text asks for, of `hist-1` and `ews-1`. */
export const clearTextRegister = async (): Promise<string> =>
  (await read('register.yaml')).replace(/^exceptions:\n/m, exception)

/** These conduits carry telnet, too. */
export const withTelnet = (zones: string): string =>
  zones.replaceAll(/protocols: \[(tcp, )?ssh/g, 'protocols: [telnet, $1ssh')

const read = (file: string): Promise<string> => readFile(join(demoBundle, file), 'utf8')

const lineLogin = {
  account: 'login:',
  password: 'Password:',
  success: 'plc-7>',
  failure: 'Login incorrect',
  seconds: 10,
} as const
const declared = { protocol: 'telnet', exception: 'EX-90', login: lineLogin } as const

/** The same asset where it speaks telnet at that port, and nothing else. */
export function telnetPlace(place: Place, port: number): Place {
  return {
    ...place,
    port,
    account: telnetAccount,
    credential: { kind: 'password', secret: new Secret(telnetPassword) },
    endpoint: { ...declared, hostKeys: undefined, observe: undefined },
  }
}

export interface TelnetWish {
  /** Ports of `hist-1` and `ews-1`. */
  readonly ports: Readonly<Record<'hist-1' | 'ews-1', number>>
  readonly stage?: Omit<StageWish, 'files' | 'targets'>
  /** Further rules. */
  readonly policies?: string
}

export async function stageTelnet({ ports, stage = {}, policies }: TelnetWish): Promise<GatewayStage> {
  const document = parseDocument(await read('assets.yaml'))
  const { items } = document.get('assets') as {
    readonly items: readonly { get(key: string): unknown; set(key: string, value: unknown): void }[]
  }
  for (const [id, port] of Object.entries(ports)) {
    const asset = items.find((item) => item.get('id') === id)
    const endpoint = { ...declared, host: '127.0.0.1', port, account: telnetAccount, credential: 'line-service' }
    asset?.set('endpoints', document.createNode([endpoint]))
  }
  const files = {
    'assets.yaml': document.toString(),
    'zones.yaml': withTelnet(await read('zones.yaml')),
    'register.yaml': await clearTextRegister(),
    ...(policies !== undefined && { 'policies/test.cedar': policies }),
  }
  const made = await stageGateway({ ...stage, targets: [], files })
  const vault = openVault(await readVaultKey(made.stage.config.dataFolder))
  const credential = { name: 'line-service', kind: 'password', secret: new Secret(telnetPassword) } as const
  await made.withStore((store) => putCredential({ store, vault, clock: made.clock }, credential))
  return made
}

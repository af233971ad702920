// The whole demo plant in one temporary folder: targets that listen, development keys, people, and a gateway before them.
// Everything it starts it stops, and everything it writes is in the folder; the folder goes when it stops.

import { rmSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateOpensshKey } from '../../certs-dev/openssh-key.ts'
import { startGateway, type Gateway } from '../app.ts'
import { openLog } from '../log.ts'
import { registerDemoMachine } from './machine-account.ts'
import { startController, type Controller } from './controller.ts'
import { buildStage, type Place, type Stage } from './stage.ts'
import { startTarget, type Target } from './target.ts'

/** Who can be reached, and who only listens so that a refusal is seen to come from policy. */
const machines: Readonly<Record<string, string>> = {
  'ews-1': 'Engineering workstation, line 1',
  'ews-2': 'Engineering workstation, line 2',
  'hist-1': 'Process historian',
  'hmi-3': 'Operator station, line 3',
  'cam-9': 'Inspection camera, line 3',
  'south-ews-1': 'Engineering workstation, plant South',
}

/** Reached through a tunnel. */
export const controllerAsset = 'plc-7'

/** What there is to look at on a machine. */
export const statusFile = 'status.txt'
export const logFile = 'drives/drive-12.log'
export const lastLogLine = 'fault F0012 overtemperature, cooling fan 2 reports 0 rpm'
const statusOf = (name: string): string =>
  `${name}: ${machines[name] ?? name}\ndrive 12 is down: fault F0012, see ${logFile}\n`

export interface Plant {
  /** Removed when the plant stops. */
  readonly folder: string
  readonly stage: Stage
  readonly gateway: Gateway
  /** CA certificate of the web page, PEM. */
  readonly ca: string
  /** The gateway's log, JSON lines. */
  readonly log: string
  /** What the vendor has on her own machine. */
  readonly vendor: { readonly folder: string; readonly key: string; readonly knownHosts: string }
  /** Private key file of the machine account. */
  readonly machineKey: string
  /** The gateway's host key, OpenSSH public key line. */
  readonly hostKey: string
  readonly targets: readonly Target[]
  /** What answers at `plc-7`, where a tunnel leads. */
  readonly controller: Controller
  stop(): Promise<void>
}

/** A private folder that goes even when the process ends in a hurry. `hurry` runs before it goes then. */
async function openFolder(hurry: () => void): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'sallyport-demo-'))
  await chmod(path, 0o700)
  const atExit = (): void => {
    hurry()
    rmSync(path, { recursive: true, force: true })
  }
  process.once('exit', atExit)
  return {
    path,
    async remove() {
      await rm(path, { recursive: true, force: true, maxRetries: 5 })
      process.off('exit', atExit)
    },
  }
}

async function furnish(home: string, name: string): Promise<void> {
  await mkdir(join(home, 'drives'), { recursive: true, mode: 0o700 })
  await writeFile(join(home, statusFile), statusOf(name))
  await writeFile(join(home, logFile), `started\nrunning, 1480 rpm\nwarning A0501 current limit\n${lastLogLine}\n`)
}

function placeOf({ name, port, hostKey, account, password }: Target): Place {
  const credential = { kind: 'password', secret: password } as const
  return { asset: name, host: '127.0.0.1', port, hostKeys: [hostKey], account, credential }
}

/**
 * Starts a plant on loopback. Port 0 takes a free one.
 * @param prepare work in the folder before the gateway starts, such as building the page it serves.
 * @throws when a part does not start; nothing is left then.
 */
export async function startPlant(
  ports: { readonly ssh: number; readonly https: number },
  prepare: (folder: string) => Promise<void> = () => Promise.resolve(),
): Promise<Plant> {
  const targets: Target[] = []
  const controller = await startController()
  const folder = await openFolder(() => {
    targets.forEach((target) => target.kill())
    controller.kill()
  })
  let gateway: Gateway | null = null
  let stopping: Promise<void> | null = null
  async function stopAll(): Promise<void> {
    await gateway?.stop()
    await Promise.all([...targets, controller].map((one) => one.stop()))
    await folder.remove()
  }
  const stop = (): Promise<void> => (stopping ??= stopAll())

  try {
    await prepare(folder.path)
    for (const name of Object.keys(machines)) {
      const home = join(folder.path, 'machines', name)
      await furnish(home, name)
      targets.push(await startTarget(name, home))
    }
    const vendor = { folder: join(folder.path, 'vendor'), key: '', knownHosts: '' }
    vendor.key = join(vendor.folder, 'id_ed25519')
    vendor.knownHosts = join(vendor.folder, 'known_hosts')
    await mkdir(vendor.folder, { mode: 0o700 })
    const key = generateOpensshKey('service engineer')
    await writeFile(vendor.key, key.private, { mode: 0o600 })

    const stageFolder = join(folder.path, 'gateway')
    await mkdir(stageFolder, { mode: 0o700 })
    const stage = await buildStage(stageFolder, {
      places: targets.map(placeOf),
      tunnels: { [controllerAsset]: { host: '127.0.0.1', ports: [controller.port] } },
      sshPort: ports.ssh,
      httpsPort: ports.https,
      vendorKeys: [key.public],
      logLevel: 'info',
    })
    const machineKey = await registerDemoMachine(stage.config.dataFolder, join(folder.path, 'machine'))
    const log = join(folder.path, 'gateway.log')
    gateway = await startGateway(stage.config, openLog(stage.config.logLevel, log))
    const { contents } = stage.pki
    const hostKey = contents['ssh_host_ed25519_key.pub'].split(' ').slice(0, 2).join(' ')
    await writeFile(vendor.knownHosts, `[localhost]:${gateway.ssh.port} ${hostKey}\n`)
    const ca = contents['ca.pem']
    return { folder: folder.path, stage, gateway, ca, log, vendor, machineKey, hostKey, targets, controller, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

// A whole gateway in one temporary folder: development keys, the demo bundle pointed at targets that really listen,
// people with their authenticators, and the target credentials in the vault. The demo plays on it, and so do the tests.

import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { makeDevPki, type DevPki } from '../../certs-dev/dev-pki.ts'
import type { Bundle, Person, SshFeature } from '../../policy/index.ts'
import { loadBundle } from '../access/bundles.ts'
import { systemClock } from '../clock.ts'
import { parseConfig, type Config } from '../config.ts'
import { putCredential, type TargetSecret } from '../identity/credentials.ts'
import { enrol } from '../identity/enrol.ts'
import { openPasswords } from '../identity/passwords.ts'
import { codeAt } from '../identity/totp.ts'
import { openVault } from '../identity/vault.ts'
import { readVaultKey, storeFile } from '../keys.ts'
import { Secret } from '../secret.ts'
import { openSqlite } from '../store/sqlite.ts'
import { openStore } from '../store/store.ts'
import { attestCast } from './attested.ts'
import { cast, type DemoLogin } from './cast.ts'

export type { DemoLogin }

/** Where an asset really listens. */
export interface Place {
  readonly asset: string
  readonly host: string
  readonly port: number
  readonly hostKeys: readonly string[]
  readonly account: string
  readonly credential: TargetSecret
  /** Further fields of the endpoint, as assets.yaml says them. */
  readonly endpoint?: Readonly<Record<string, unknown>>
  /** Command lines that only look, where they are to differ from the bundle. */
  readonly observe?: readonly string[]
  /** What its SSH endpoint is open for, where that is to differ. */
  readonly features?: readonly SshFeature[]
  /** How its sessions end, as assets.yaml says it, where that is to differ from the bundle. */
  readonly expiry?: unknown
  /** Minutes its sessions are held while they cannot be recorded, where that is to differ. */
  readonly recordingPauseMinutes?: number
  /** Whether its maker looks after it no more, and its safety class, where they are to differ. */
  readonly unsupported?: boolean
  readonly safety?: 'none' | 'related'
}

export interface DemoPerson {
  readonly person: Person
  readonly password: Secret<string>
  readonly totpSecret: Secret<string>
}

export interface Stage {
  readonly folder: string
  readonly config: Config
  readonly pki: DevPki
  /** What its folder held when the stage was built. */
  readonly bundle: Bundle
  readonly people: Readonly<Record<DemoLogin, DemoPerson>>
  /** The code the person's authenticator shows at an instant. */
  code(login: DemoLogin, now: number): string
}

export interface StageOptions {
  readonly places: readonly Place[]
  readonly sshPort: number
  readonly httpsPort: number
  /** OpenSSH public key lines the vendor logs in with. */
  readonly vendorKeys: readonly string[]
  readonly logLevel: string
  /** Files of the bundle in place of the demo's own, by path. */
  readonly files?: Readonly<Record<string, string>>
  /** Laid over the configuration: for tests that need other limits. */
  readonly overrides?: Readonly<Record<string, unknown>>
  /** Assets whose ports are reached through tunnels: where they listen. */
  readonly tunnels?: Readonly<Record<string, { readonly host: string; readonly ports: readonly number[] }>>
}

interface WrittenAsset {
  readonly id: string
  readonly endpoints: readonly { readonly observe?: readonly string[] }[]
}

/** Points the assets of the copied bundle at where they listen. */
async function placeAssets(file: string, { places, tunnels = {} }: StageOptions): Promise<void> {
  const document = parseDocument(await readFile(file, 'utf8'))
  const assets = document.get('assets') as {
    items: { get(key: string): unknown; set(key: string, value: unknown): void }[]
  }
  const { assets: written } = document.toJS() as { readonly assets: readonly WrittenAsset[] }
  for (const place of places) {
    const asset = assets.items.find((item) => item.get('id') === place.asset)
    if (!asset) throw new Error(`the demo bundle has no asset \`${place.asset}\``)
    const { host, port, hostKeys, account } = place
    const credential = `${place.asset}-service`
    const observe = place.observe ?? written.find(({ id }) => id === place.asset)?.endpoints[0]?.observe ?? []
    const endpoint = {
      protocol: 'ssh',
      host,
      port,
      hostKeys: [...hostKeys],
      account,
      credential,
      observe: [...observe],
      ...(place.features && { features: [...place.features] }),
      ...place.endpoint,
    }
    asset.set('endpoints', document.createNode([endpoint]))
    if (place.expiry !== undefined) asset.set('expiry', document.createNode(place.expiry))
    if (place.recordingPauseMinutes !== undefined) asset.set('recordingPauseMinutes', place.recordingPauseMinutes)
    if (place.unsupported !== undefined) asset.set('unsupported', place.unsupported)
    if (place.safety !== undefined) asset.set('safety', place.safety)
  }
  for (const [id, place] of Object.entries(tunnels)) {
    const asset = assets.items.find((item) => item.get('id') === id)
    if (!asset) throw new Error(`the demo bundle has no asset \`${id}\``)
    const endpoint = { protocol: 'tcp', host: place.host, ports: [...place.ports] }
    // Beside its SSH, where that is placed; what the bundle itself says of an address is nobody's here.
    const isPlaced = places.some((one) => one.asset === id)
    const { items = [] } = (isPlaced ? asset.get('endpoints') : {}) as { readonly items?: readonly unknown[] }
    asset.set('endpoints', document.createNode([...items, endpoint]))
  }
  await writeFile(file, document.toString())
}

/** Builds the stage in `folder`, which must exist and be empty. */
export async function buildStage(folder: string, options: StageOptions): Promise<Stage> {
  const now = systemClock.now()
  const pki = await makeDevPki({ out: join(folder, 'certs'), hostnames: ['localhost'], ips: ['127.0.0.1'], now })
  const bundleFolder = join(folder, 'bundle')
  await cp(join(import.meta.dirname, 'bundle'), bundleFolder, { recursive: true })
  await placeAssets(join(bundleFolder, 'assets.yaml'), options)
  for (const [file, text] of Object.entries(options.files ?? {})) await writeFile(join(bundleFolder, file), text)
  const dataFolder = join(folder, 'data')
  await mkdir(dataFolder, { mode: 0o700 })

  const { paths, recipients } = pki
  const document = {
    publicHost: 'localhost',
    dataFolder,
    bundleFolder,
    logLevel: options.logLevel,
    ssh: { host: '127.0.0.1', port: options.sshPort, hostKeys: [paths.ssh_host_ed25519_key] },
    https: { host: '127.0.0.1', port: options.httpsPort, certificate: paths['server.pem'], key: paths['server.key'] },
    evidence: {
      origin: 'demo.sallyport.example/ledger',
      key: paths['evidence.key'],
      recipients: [recipients.replay, recipients.escrow],
      replayIdentity: paths['replay.agekey'],
    },
    login: { passwordCost: 'light' },
  }
  for (const [path, value] of Object.entries(options.overrides ?? {})) {
    const [section = '', field = ''] = path.split('.')
    const sections = document as Record<string, unknown>
    Object.assign(section === '' ? document : ((sections[section] ??= {}) as object), { [field]: value })
  }
  await writeFile(join(folder, 'sallyport.yaml'), JSON.stringify(document, null, 2))
  const parsed = parseConfig(document, {}, folder)
  if (parsed.kind === 'invalid') throw new Error(`demo configuration: ${parsed.problems.join('; ')}`)
  const { config } = parsed

  const loaded = await loadBundle(bundleFolder)
  if (loaded.kind === 'invalid') throw new Error(`the demo bundle is not valid: ${JSON.stringify(loaded.problems)}`)
  const { bundle } = loaded
  const vault = openVault(await readVaultKey(dataFolder))
  const passwords = await openPasswords({ cost: 'light', parallel: 2, queue: 64 })
  const store = await openStore(openSqlite(storeFile(dataFolder)))
  const people = {} as Record<DemoLogin, DemoPerson>
  try {
    for (const part of cast) {
      const keys = part.login === 'vendor' ? options.vendorKeys : []
      // Who looks over the house in the demo looks over all of it.
      const account = { ...part, oversight: 'all', password: null, keys } as const
      const enrolled = await enrol({ store, passwords, vault, clock: systemClock }, account)
      if (enrolled.kind === 'invalid') throw new Error(`demo person \`${part.login}\`: ${enrolled.problems.join('; ')}`)
      const { person, password, totpSecret } = enrolled
      people[part.login] = { person, password: password ?? new Secret(''), totpSecret }
    }
    const everybody = Object.values(people).map(({ person }) => person)
    await attestCast({ store, clock: systemClock, bundle, manager: people.manager.person, people: everybody })
    for (const { asset, credential } of options.places)
      await putCredential({ store, vault, clock: systemClock }, { name: `${asset}-service`, ...credential })
  } finally {
    await store.close()
  }
  return { folder, config, pki, bundle, people, code: (login, at) => codeAt(people[login].totpSecret, at) }
}

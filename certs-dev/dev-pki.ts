// The whole set of keys and certificates that a gateway under development needs, made at once and put in one folder,
// which appears complete or not at all. For machines of developers, the demo and the tests; never for production.

import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'

import { generateIdentity, identityToRecipient } from 'age-encryption'

import { generateOpensshKey } from './openssh-key.ts'
import { createCa, findNameProblems, issueClient, issueServer } from './pki.ts'

export interface DevPkiOptions {
  /** The folder to make. It must not exist yet, or be empty; its parent must exist. */
  readonly out: string
  /** What clients will call the gateway: at least one name or address. */
  readonly hostnames: readonly string[]
  readonly ips: readonly string[]
  /** Machines that get a client certificate: `client-<name>.pem`. */
  readonly clients?: readonly string[]
  /** Ms since the epoch. */
  readonly now: number
}

/** One file of the set. `secret` files are readable by their owner only (0600), the others by all (0644). */
export interface DevFile {
  readonly name: string
  readonly path: string
  readonly content: string
  readonly secret: boolean
  readonly about: string
}

export interface DevPki {
  readonly folder: string
  readonly files: readonly DevFile[]
  /** Full paths by file name. */
  readonly paths: Readonly<Record<DevFileName, string>>
  /** File contents by file name. */
  readonly contents: Readonly<Record<DevFileName, string>>
  /** age recipients that session keys are wrapped to. */
  readonly recipients: { readonly replay: string; readonly escrow: string }
  /** As `ssh-keygen -l` shows it. */
  readonly sshHostFingerprint: string
}

export const devFileNames = [
  'ca.pem',
  'ca.key',
  'server.pem',
  'server.key',
  'evidence.key',
  'evidence.pub',
  'ssh_host_ed25519_key',
  'ssh_host_ed25519_key.pub',
  'ssh_user_ca',
  'ssh_user_ca.pub',
  'replay.agekey',
  'escrow.agekey',
  'recipients.txt',
] as const

/** The files that are always there; client certificates come beside them. */
export type DevFileName = (typeof devFileNames)[number]

export type DevPkiProblem = 'production' | 'bad-name' | 'exists' | 'cannot-write'

/** Why no set was made. Nothing is left behind. */
export class DevPkiError extends Error {
  readonly code: DevPkiProblem

  constructor(code: DevPkiProblem, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'DevPkiError'
    this.code = code
  }
}

/**
 * Makes a new set and writes it to `options.out` (0700). All keys are made before anything is written, and the folder
 * is renamed into place when it is complete. Throws a DevPkiError with NODE_ENV=production, for a name that cannot stand
 * in a certificate, when the folder is already there, and when it cannot be written.
 */
export async function makeDevPki(options: DevPkiOptions): Promise<DevPki> {
  if (process.env['NODE_ENV'] === 'production') {
    throw new DevPkiError('production', 'NODE_ENV is `production`: expected certificates from the CA of the plant')
  }
  const clients = options.clients ?? []
  const problems = [
    ...findNameProblems(options),
    ...clients
      .filter((name) => !/^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/.test(name))
      .map((name) => `client ${JSON.stringify(name)}: expected 1 to 63 of a-z, 0-9, . and -`),
    ...clients
      .filter((name, index) => clients.indexOf(name) !== index)
      .map((name) => `client ${JSON.stringify(name)}: given twice`),
  ]
  if (problems.length > 0) throw new DevPkiError('bad-name', problems.join('; '))
  const folder = resolve(options.out)
  await refuseExisting(folder)

  const [certificates, evidence, age] = [await makeCertificates(options, clients), makeEvidenceKey(), await makeAge()]
  const host = generateOpensshKey('sallyport development host key')
  const userCa = generateOpensshKey('sallyport development user CA')
  const files = [
    ...certificates,
    secret('evidence.key', evidence.privateKey, 'signs seals and checkpoints (Ed25519, PKCS #8)'),
    open('evidence.pub', evidence.publicKey, 'its public key (SPKI)'),
    secret('ssh_host_ed25519_key', host.private, 'the host key of the SSH listener'),
    open('ssh_host_ed25519_key.pub', host.public, `its public key, ${host.fingerprint}`),
    secret('ssh_user_ca', userCa.private, 'signs SSH user certificates'),
    open('ssh_user_ca.pub', userCa.public, 'its public key, for TrustedUserCAKeys of a target'),
    secret('replay.agekey', age.replay.file, 'opens recordings for the replay service (age)'),
    secret('escrow.agekey', age.escrow.file, 'opens recordings when all else is lost (age): keep it offline'),
    open('recipients.txt', age.recipients, 'whom the session keys are wrapped to (age)'),
  ].map((file) => ({ ...file, path: join(folder, file.name) }))
  await writeFolder(folder, files)

  return {
    folder,
    files,
    paths: pick(files, 'path'),
    contents: pick(files, 'content'),
    recipients: { replay: age.replay.recipient, escrow: age.escrow.recipient },
    sshHostFingerprint: host.fingerprint,
  }
}

type Unplaced = Omit<DevFile, 'path'>
const secret = (name: string, content: string, about: string): Unplaced => ({ name, content, secret: true, about })
const open = (name: string, content: string, about: string): Unplaced => ({ name, content, secret: false, about })

async function makeCertificates(options: DevPkiOptions, clients: readonly string[]): Promise<Unplaced[]> {
  const ca = await createCa('Sallyport development CA', options.now)
  const server = await issueServer(ca, options, options.now)
  const files = [
    open('ca.pem', ca.certificate, 'the CA certificate that clients trust'),
    secret('ca.key', ca.key, 'its private key'),
    open('server.pem', server.certificate, `TLS certificate for ${[...options.hostnames, ...options.ips].join(', ')}`),
    secret('server.key', server.key, 'its private key'),
  ]
  for (const name of clients) {
    const client = await issueClient(ca, name, options.now)
    files.push(open(`client-${name}.pem`, client.certificate, `TLS client certificate of ${name}`))
    files.push(secret(`client-${name}.key`, client.key, 'its private key'))
  }
  return files
}

function makeEvidenceKey(): { privateKey: string; publicKey: string } {
  return generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
}

async function makeAge() {
  const make = async (purpose: string) => {
    const identity = await generateIdentity()
    const recipient = await identityToRecipient(identity)
    return { recipient, file: `# ${purpose}\n# public key: ${recipient}\n${identity}\n` }
  }
  const replay = await make('replay service')
  const escrow = await make('offline escrow')
  const recipients = `# replay service\n${replay.recipient}\n# offline escrow\n${escrow.recipient}\n`
  return { replay, escrow, recipients }
}

async function refuseExisting(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new DevPkiError('exists', `\`${folder}\`: expected a new folder: ${error.message}`, { cause: error })
  })
  if (entries.length > 0) throw new DevPkiError('exists', `\`${folder}\`: is already there: expected a new folder`)
}

async function writeFolder(folder: string, files: readonly DevFile[]): Promise<void> {
  let temporary: string | null = null
  try {
    // Beside its place, so that the rename stays in one file system; mkdtemp makes it 0700.
    temporary = await mkdtemp(join(dirname(folder), `${basename(folder)}.new-`))
    for (const file of files) {
      await writeFile(join(temporary, file.name), file.content, { mode: file.secret ? 0o600 : 0o644, flag: 'wx' })
    }
    await rename(temporary, folder)
  } catch (error) {
    if (temporary !== null) await rm(temporary, { recursive: true, force: true })
    const why = error instanceof Error ? error.message : String(error)
    throw new DevPkiError('cannot-write', `\`${folder}\`: could not be written: ${why}`, { cause: error })
  }
}

function pick(files: readonly DevFile[], field: 'path' | 'content'): Record<DevFileName, string> {
  const find = (name: DevFileName): string => {
    const found = files.find((file) => file.name === name)
    if (found === undefined) throw new Error(`development keys: \`${name}\`: was not made`)
    return found[field]
  }
  return Object.fromEntries(devFileNames.map((name) => [name, find(name)])) as Record<DevFileName, string>
}

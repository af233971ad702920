// Everything a configuration names, read and checked before the store opens: certificate and keys, age recipients, the
// vault key, the bundle. Start, `config check` and doctor all ask here, so they say the same. Reads only. Who else may
// read a secret file is doctor's to see.

import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { showProblem } from '../policy/index.ts'
import {
  isOrigin,
  isRecipient,
  parseLogPolicy,
  recipientOf,
  type Signer,
  type Verifier,
  type Witness,
} from '../recorder/index.ts'
import { loadBundle, type LoadedBundle } from './access/bundles.ts'
import { fingerprintOfPrivate } from './brokers/ssh/host-key.ts'
import type { Config } from './config.ts'
import { readSigningKey, type SigningKey } from './evidence/signing-key.ts'
import { readTimeAuthoritiesOf } from './evidence/time-authorities.ts'
import type { UserAuthority } from './identity/certificates/trust.ts'
import { readUserAuthorities } from './identity/certificates/configured.ts'
import type { TimeAuthority } from './evidence/timestamps.ts'
import { findVaultKey } from './keys.ts'
import { readS3, type S3Settings } from './blobs/settings.ts'
import { readOutgoing, type OutgoingMaterial } from './outbox/material.ts'
import { outboundFault } from './outbound.ts'
import { Secret } from './secret.ts'
import { systemCode, type StartProblem } from './start-problem.ts'

export interface Material {
  readonly bundle: Extract<LoadedBundle, { kind: 'ok' }>
  readonly hostKeys: readonly Secret<string>[]
  /** Whose OpenSSH user certificates are believed. */
  readonly userAuthorities: readonly UserAuthority[]
  readonly signer: Signer
  /** Of the signer. */
  readonly verifier: Verifier
  /** Former keys that sign checkpoints along until they are retired. */
  readonly along: readonly Signer[]
  /** Open the recordings for replay: the one of today first. */
  readonly identities: readonly Secret<string>[]
  /** Asked to cosign checkpoints; none where the configuration names no trust policy. */
  readonly witnesses: readonly Witness[]
  /** Asked to time-stamp checkpoints. */
  readonly timeAuthorities: readonly TimeAuthority[]
  /** What messages that leave the gateway need. */
  readonly outgoing: OutgoingMaterial
  /** The object store recordings go to; null: they stay on the local disk. */
  readonly s3: S3Settings | null
}

export type ReadMaterial =
  | { readonly kind: 'ok'; readonly material: Material }
  | { readonly kind: 'invalid'; readonly problems: readonly StartProblem[] }

/** Collects problems; a null in what is read says that its problem stands here. */
type Report = (field: string, found: string, next: string) => null

/**
 * Reads what the configuration names and checks that it fits together. Collects every problem.
 * @param now in milliseconds, for the validity of the certificate.
 */
export async function readMaterial(config: Config, now: number): Promise<ReadMaterial> {
  const problems: StartProblem[] = []
  const report: Report = (field, found, next) => {
    problems.push({ field, found, next })
    return null
  }
  const hostKeys = await readHostKeys(config, report)
  const userAuthorities = await readUserAuthorities(config, problems)
  await checkTls(config, now, report)
  const signing = await readSigning(config, report)
  const witnesses = await readWitnesses(config, report)
  const timeAuthorities = await readTimeAuthoritiesOf(config, problems)
  const identities = await readIdentities(config, report)
  const vaultKey = await findVaultKey(config.dataFolder)
  if (vaultKey.kind === 'problem') problems.push(vaultKey.problem)
  const bundle = await readBundle(config, report)
  const outgoing = await readOutgoing(config)
  if (outgoing.kind === 'invalid') problems.push(...outgoing.problems)
  const objectStore = await readS3(config, outgoing.kind === 'ok' ? outgoing.outgoing.ca : null)
  if (objectStore.kind === 'invalid') problems.push(...objectStore.problems)
  if (
    problems.length > 0 ||
    hostKeys === null ||
    signing === null ||
    witnesses === null ||
    identities === null ||
    bundle === null ||
    outgoing.kind === 'invalid' ||
    objectStore.kind === 'invalid'
  )
    return { kind: 'invalid', problems }
  return {
    kind: 'ok',
    material: {
      bundle,
      hostKeys,
      userAuthorities,
      ...signing,
      witnesses,
      timeAuthorities,
      identities,
      outgoing: outgoing.outgoing,
      s3: objectStore.s3,
    },
  }
}

/** The text of a file that a field names, or null. */
async function read(field: string, path: string, report: Report): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = systemCode(error)
    const next = 'put the file there, or set the field'
    if (code === 'ENOENT') return report(field, `\`${path}\`: is not there`, next)
    if (code === 'EISDIR') return report(field, `\`${path}\`: expected a file, got a folder`, next)
    return report(field, `\`${path}\`: cannot be read (${code})`, 'let the gateway\u2019s user read it')
  }
}

/** A key in PEM, or null. What OpenSSL says of a bad one stays out: it may quote key material. */
function parseKey(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem)
  } catch (error) {
    if (error instanceof Error) return null
    throw error
  }
}

async function readHostKeys({ ssh }: Config, report: Report): Promise<Secret<string>[] | null> {
  const field = 'ssh.hostKeys'
  const keys: Secret<string>[] = []
  for (const path of ssh.hostKeys) {
    const text = await read(field, path, report)
    if (text === null) continue
    const key = new Secret(text)
    if (fingerprintOfPrivate(key) !== null) keys.push(key)
    else
      report(
        field,
        `\`${path}\`: expected a private key in OpenSSH or PEM form, without passphrase`,
        'make one with `ssh-keygen -t ed25519`, or set the field',
      )
  }
  return keys.length === ssh.hostKeys.length ? keys : null
}

async function checkTls({ https }: Config, now: number, report: Report): Promise<void> {
  const chain = await read('https.certificate', https.certificate, report)
  const pem = await read('https.key', https.key, report)
  const certificate = chain === null ? null : parseCertificate(chain)
  const key = pem === null ? null : parseKey(pem)
  const where = `\`${https.certificate}\``
  if (chain !== null && certificate === null)
    report(
      'https.certificate',
      `${where}: expected a certificate in PEM`,
      'put the chain there, the gateway\u2019s own first',
    )
  if (pem !== null && key === null)
    report(
      'https.key',
      `\`${https.key}\`: expected a private key in PEM, without passphrase`,
      'put the certificate\u2019s key there',
    )
  if (chain === null || certificate === null) return
  const { validFromDate: from, validToDate: until } = certificate
  if (now < from.getTime())
    report('https.certificate', `${where}: not valid before ${from.toISOString()}`, 'look at the clock, or get another')
  if (now >= until.getTime()) report('https.certificate', `${where}: has expired on ${until.toISOString()}`, 'renew it')
  if (pem === null || key === null) return
  if (!certificate.checkPrivateKey(key)) {
    report('https.key', `\`${https.key}\`: does not belong to https.certificate`, 'put the pair together again')
    return
  }
  try {
    // The rest of the chain, and what OpenSSL thinks too weak.
    createSecureContext({ cert: chain, key: pem, minVersion: 'TLSv1.2' })
  } catch (error) {
    const reason = systemCode(error) || 'no reason given'
    report('https.certificate', `${where}: cannot be served (${reason})`, 'put a whole PEM chain there')
  }
}

function parseCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem)
  } catch (error) {
    if (error instanceof Error) return null
    throw error
  }
}

async function readSigning(
  { evidence }: Config,
  report: Report,
): Promise<(SigningKey & { readonly along: readonly Signer[] }) | null> {
  const { origin } = evidence
  const isName = isOrigin(origin)
  if (!isName)
    report('evidence.origin', `\`${origin}\`: cannot name a ledger`, 'take a name such as `plant1.example/ledger`')
  // Under a name that is none the keys are looked at all the same: every problem is told at once.
  const name = isName ? origin : 'unnamed'
  const read = await readSigningKey(evidence.key, name)
  if (read.kind === 'problem') report('evidence.key', read.found, read.next)
  const along: Signer[] = []
  for (const path of evidence.formerKeys) {
    const former = await readSigningKey(path, name)
    if (former.kind === 'ok') along.push(former.signer)
    else report('evidence.formerKeys', former.found, former.next)
  }
  if (read.kind === 'problem' || !isName || along.length < evidence.formerKeys.length) return null
  return { signer: read.signer, verifier: read.verifier, along }
}

/** The witnesses of the trust policy that have an address. */
async function readWitnesses({ evidence }: Config, report: Report): Promise<readonly Witness[] | null> {
  const field = 'evidence.witnessPolicy'
  const path = evidence.witnessPolicy
  if (path === undefined) return []
  const text = await read(field, path, report)
  if (text === null) return null
  const parsed = parseLogPolicy(Buffer.from(text, 'utf8'))
  const next = 'put the trust policy right that docs/witnesses.md describes'
  if (parsed.kind === 'malformed') {
    for (const problem of parsed.problems) report(field, `\`${path}\`: ${problem}`, next)
    return null
  }
  const asked = parsed.policy.witnesses.filter(({ url }) => url !== null)
  if (asked.length === 0) return report(field, `\`${path}\`: names no witness with an address`, next)
  for (const { name, url } of asked) {
    const fault = outboundFault(url ?? '')
    if (fault !== null) report(field, `\`${path}\`: witness \`${name}\`: ${fault}`, next)
  }
  return asked
}

/** The identities of the file: the first one opens what is recorded today, the others what was recorded before. */
async function readIdentities({ evidence }: Config, report: Report): Promise<readonly Secret<string>[] | null> {
  const { recipients, replayIdentity: path } = evidence
  for (const recipient of recipients)
    if (!isRecipient(recipient))
      report(
        'evidence.recipients',
        `\`${recipient}\`: expected an age X25519 recipient, \`age1\` and 58 characters with a right checksum`,
        'copy the public key that `age-keygen` prints',
      )
  const text = await read('evidence.replayIdentity', path, report)
  if (text === null) return null
  const lines = text
    .split('\n')
    .filter((each) => each.startsWith('AGE-SECRET-KEY-1'))
    .map((each) => each.trim())
  const known = await Promise.all(lines.map((line) => recipientOf(line)))
  const [recipient] = known
  if (recipient === undefined || recipient === null || known.includes(null))
    return report(
      'evidence.replayIdentity',
      `\`${path}\`: expected an age identity, a line \`AGE-SECRET-KEY-1\u2026\``,
      'make one with `age-keygen`',
    )
  if (!recipients.includes(recipient))
    return report(
      'evidence.replayIdentity',
      `\`${path}\`: its recipient \`${recipient}\` is not in evidence.recipients`,
      'add it there, or name the identity of one that is: recordings could not be replayed',
    )
  return lines.map((line) => new Secret(line))
}

async function readBundle({ bundleFolder }: Config, report: Report): Promise<Material['bundle'] | null> {
  const field = 'bundleFolder'
  try {
    const loaded = await loadBundle(bundleFolder)
    if (loaded.kind === 'ok') return loaded
    for (const problem of loaded.problems)
      report(field, showProblem(problem), `see \`sallyport bundle check ${bundleFolder}\``)
    return null
  } catch (error) {
    const code = systemCode(error)
    if (code === '') throw error
    const found = code === 'ENOENT' ? 'is not there' : `cannot be read as a folder (${code})`
    return report(field, `\`${bundleFolder}\`: ${found}`, 'set it to the folder of a bundle')
  }
}

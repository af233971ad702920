// The secrets and certificates that outgoing messages need, read from the files the configuration names before anything
// starts. A problem is reported with its field, as every other of a start is.

import { readFile } from 'node:fs/promises'
import { rootCertificates } from 'node:tls'
import { X509Certificate } from 'node:crypto'
import type { Config } from '../config.ts'
import { Secret } from '../secret.ts'
import { systemCode, type StartProblem } from '../start-problem.ts'
import type { TicketSettings } from '../tickets/connector.ts'
import type { SmtpSettings } from './mail.ts'
import { parseWebhookKeys, type WebhookSettings } from './webhook.ts'

export interface OutgoingMaterial {
  /** Null: no mail relay is configured. */
  readonly smtp: SmtpSettings | null
  readonly webhooks: readonly WebhookSettings[]
  /** Null: no change system is configured. */
  readonly tickets: TicketSettings | null
  /** Certificates trusted, PEM; null takes those of the runtime. */
  readonly ca: readonly string[] | null
}

export type ReadOutgoing =
  | { readonly kind: 'ok'; readonly outgoing: OutgoingMaterial }
  | { readonly kind: 'invalid'; readonly problems: readonly StartProblem[] }

/** Reads every file named. Collects every problem; none of them holds what a file says. */
export async function readOutgoing(config: Config): Promise<ReadOutgoing> {
  const problems: StartProblem[] = []
  const report = (field: string, found: string, next: string): null => {
    problems.push({ field, found, next })
    return null
  }

  async function read(field: string, path: string): Promise<string | null> {
    try {
      return await readFile(path, 'utf8')
    } catch (error) {
      const code = systemCode(error)
      if (code === '') throw error
      const found = code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`
      return report(field, `\`${path}\`: ${found}`, 'put the file there for the gateway\u2019s user, or set the field')
    }
  }

  /** The first line of a file, which must say something. */
  async function secretLine(field: string, path: string): Promise<Secret<string> | null> {
    const text = await read(field, path)
    if (text === null) return null
    const line = text.split(/\r?\n/, 1)[0] ?? ''
    return line === ''
      ? report(field, `\`${path}\`: the first line is empty`, 'put the secret there')
      : new Secret(line)
  }

  async function readCa(path: string): Promise<readonly string[] | null> {
    const field = 'outboundCa'
    const text = await read(field, path)
    if (text === null) return null
    const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
    if (blocks.length === 0 || !blocks.every(isCertificate))
      return report(field, `\`${path}\`: expected certificates in PEM`, 'put the CA\u2019s certificate there')
    return [...rootCertificates, ...blocks]
  }

  const { outboundCa, notify, tickets } = config
  const ca = outboundCa === undefined ? null : await readCa(outboundCa)
  const webhooks: WebhookSettings[] = []
  for (const { name, url, secretFile, events } of notify.webhooks) {
    const field = 'notify.webhooks'
    const text = await read(field, secretFile)
    const keys = text === null ? null : parseWebhookKeys(text)
    if (keys !== null) webhooks.push({ name, url, events, keys: keys.map((key) => new Secret(key)) })
    else if (text !== null)
      report(
        field,
        `\`${secretFile}\`: expected lines of \`whsec_\` and the base64 of 24 to 64 bytes`,
        'make one with `echo whsec_$(openssl rand -base64 32)`',
      )
  }
  const password =
    notify.smtp.passwordFile === undefined
      ? null
      : await secretLine('notify.smtp.passwordFile', notify.smtp.passwordFile)
  const token = tickets.tokenFile === undefined ? null : await secretLine('tickets.tokenFile', tickets.tokenFile)
  if (problems.length > 0) return { kind: 'invalid', problems }
  const { host, port, security, user, from } = notify.smtp
  const login = user === undefined || password === null ? null : { user, password }
  return {
    kind: 'ok',
    outgoing: {
      smtp: host === undefined || from === undefined ? null : { host, port, security, login, from, ca },
      webhooks,
      tickets:
        tickets.url === undefined ? null : { url: tickets.url, token, timeoutMs: tickets.timeoutSeconds * 1_000, ca },
      ca,
    },
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).serialNumber !== ''
  } catch (error) {
    if (error instanceof Error) return false
    throw error
  }
}

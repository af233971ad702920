// Webhooks: an event as JSON to a receiver the operator names, signed so that the receiver knows who sent it and that
// nobody changed or repeated it.

import { createHmac } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { exchange } from '../outbound.ts'
import type { Secret } from '../secret.ts'
import { problemText, type Channel, type Outgoing, type SendOutcome } from './channel.ts'

export interface WebhookSettings {
  readonly name: string
  readonly url: string
  /** Every key signs: a receiver that has only the new or only the old one finds its own. */
  readonly keys: readonly Secret<Uint8Array>[]
  /** Types of events it hears of; empty: all that are told at all. */
  readonly events: readonly string[]
}

const timeoutMs = 15_000
const answerBytes = 4 * 1024

/**
 * Reads the file of a webhook's secrets: one a line, each `whsec_` and the base64 of 24 to 64 random bytes
 * (Standard Webhooks, "Signature scheme"). Two lines while one replaces the other. Null when it is anything else.
 */
export function parseWebhookKeys(text: string): Uint8Array[] | null {
  const lines = text.split('\n').map((line) => line.trim())
  const keys = lines
    .filter((line) => line !== '')
    .map((line) => {
      const [, encoded = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(line) ?? []
      return Buffer.from(encoded, 'base64')
    })
  const fits = keys.length > 0 && keys.length <= 4 && keys.every((key) => key.length >= 24 && key.length <= 64)
  return fits ? keys : null
}

/**
 * The headers of the Standard Webhooks specification, version 1 (standardwebhooks.com, "Webhook Headers"):
 * `webhook-id`, `webhook-timestamp` in seconds, and `webhook-signature`, a list of `v1,` and the base64 of HMAC-SHA256
 * over `id.timestamp.body`, with spaces between.
 */
export function signWebhook(
  keys: readonly Secret<Uint8Array>[],
  { id, at, body }: { readonly id: string; readonly at: number; readonly body: string },
): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  const timestamp = String(Math.floor(at / 1_000))
  const signed = `${id}.${timestamp}.${body}`
  const signature = (key: Secret<Uint8Array>): string =>
    `v1,${createHmac('sha256', key.expose()).update(signed, 'utf8').digest('base64')}`
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': keys.map(signature).join(' ') }
}

/** What is sent: type, RFC 3339 time and data, as Standard Webhooks recommends ("Payload structure"). */
export function webhookBody({ type, at, facts }: Pick<Outgoing, 'type' | 'at' | 'facts'>): string {
  return JSON.stringify({ type, timestamp: new Date(at).toISOString(), data: facts })
}

export function openWebhook(
  { name, url, keys, events }: WebhookSettings,
  { clock, ca }: { readonly clock: Clock; readonly ca: readonly string[] | null },
): Channel {
  return {
    destination: `webhook:${name}`,
    wants: (type) => events.length === 0 || events.includes(type),
    async send(message, signal): Promise<SendOutcome> {
      const body = webhookBody(message)
      const answer = await exchange({
        method: 'POST',
        url: new URL(url),
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Sallyport',
          ...signWebhook(keys, { id: message.id, at: clock.now(), body }),
        },
        body,
        timeoutMs,
        maxBytes: answerBytes,
        ca,
        signal,
      })
      if (answer.kind === 'unreachable')
        return { kind: 'failed', problem: problemText(answer.reason), scope: 'destination' }
      const { status } = answer
      if (status >= 200 && status < 300) return { kind: 'delivered' }
      // The specification's word for a receiver that wants nothing more.
      if (status === 410) return { kind: 'refused', problem: 'status 410: the receiver is gone' }
      if (status >= 300 && status < 400)
        return { kind: 'failed', problem: `status ${status}: redirects are not followed`, scope: 'destination' }
      const isBusy = status === 429 || status >= 500
      return { kind: 'failed', problem: `status ${status}`, scope: isBusy ? 'destination' : 'message' }
    },
  }
}

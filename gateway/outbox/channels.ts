// The ways out that a configuration names: one relay for mail, one channel for each webhook.

import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Channel } from './channel.ts'
import { openMail } from './mail.ts'
import type { OutgoingMaterial } from './material.ts'
import { openWebhook } from './webhook.ts'

/** The gateway's own address, as people open it. */
export function addressOf({ publicHost, https }: Pick<Config, 'publicHost' | 'https'>, port = https.port): string {
  const host = publicHost.includes(':') ? `[${publicHost}]` : publicHost
  return port === 443 ? `https://${host}` : `https://${host}:${port}`
}

/** @param base the gateway's own address; asked for when a message is made, because a port may be given at the start. */
export function openChannels(
  { smtp, webhooks, ca }: OutgoingMaterial,
  { clock, publicHost, base }: { readonly clock: Clock; readonly publicHost: string; readonly base: () => string },
): readonly Channel[] {
  return [
    ...(smtp === null ? [] : [openMail(smtp, publicHost, base)]),
    ...webhooks.map((webhook) => openWebhook(webhook, { clock, ca })),
  ]
}

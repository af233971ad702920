// Doctor on what leaves the gateway: does the mail relay answer, take us, and show a certificate that holds. Sends nothing.

import type { Config } from '../../config.ts'
import type { OutgoingMaterial } from '../../outbox/material.ts'
import { plain } from '../plain.ts'
import { ok, warn, type Check } from './check.ts'

/** A warning, never a failure: without mail everything works, and people have to look by themselves. */
export async function checkOutgoing({ notify }: Config, outgoing: OutgoingMaterial): Promise<Check[]> {
  const { smtp, webhooks, tickets } = outgoing
  const what = 'mail relay'
  const others = [
    ok('webhooks', webhooks.length === 0 ? 'none configured' : webhooks.map(({ name }) => name).join(', ')),
    ok('tickets', tickets === null ? 'not asked' : plain(new URL(tickets.url).origin)),
  ]
  if (smtp === null) return [warn(what, 'none configured: nobody is told by mail', 'set notify.smtp.host'), ...others]
  const { checkRelay } = await import('../../outbox/mail.ts')
  const name = `${plain(smtp.host)} port ${smtp.port}, ${smtp.security}`
  const problem = await checkRelay(smtp)
  if (problem !== null) {
    const next = 'see `sallyport notify test`; messages wait meanwhile, and are given up after notify.retryDays'
    return [warn(what, `${name}: ${plain(problem)}`, `${next} (${notify.retryDays})`), ...others]
  }
  if (smtp.security === 'none')
    return [
      warn(what, `${name}: answers, and everything is sent in clear`, 'use starttls where the relay can'),
      ...others,
    ]
  return [ok(what, `${name}: answers${smtp.login === null ? '' : ' and takes the login'}`), ...others]
}

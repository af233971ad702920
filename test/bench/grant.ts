// A grant for the bench's vendor, asked for and given over the API, as people would.

import { openVisitor } from '../../gateway/demo/api-visitor.ts'
import { askFor } from '../../gateway/demo/asking.ts'
import type { DemoLogin, Stage } from '../../gateway/demo/stage.ts'

/** The asset every session of the bench goes to. */
export const asset = 'ews-1'

/** Asks for access as the vendor and grants it as the approver, over the API, as people would. */
export async function grant(stage: Stage, port: number, code: (login: DemoLogin) => Promise<string>): Promise<void> {
  const address = { port, ca: stage.pki.contents['ca.pem'] }
  const [vendor, approver] = [openVisitor(address), openVisitor(address)]
  for (const [visitor, login] of [
    [vendor, 'vendor'],
    [approver, 'approver'],
  ] as const) {
    const answer = await visitor.login(login, stage.people[login].password.expose(), await code(login))
    if (answer.status !== 200)
      throw new Error(`login of ${login}: status ${answer.status}: ${answer.bytes.toString('utf8')}`)
  }
  const from = Date.now()
  const request = await askFor(vendor, {
    assets: [asset],
    protocol: 'ssh',
    operationClass: 'engineer',
    when: { kind: 'window', from, until: from + 8 * 3_600_000 },
    purpose: 'Measuring the gateway',
    ticket: '',
    transfer: { allow: ['list', 'read', 'write', 'setstat'], paths: ['/**'] },
  })
  await approver.ok('POST', `/requests/${request.id}/approve`, { digest: request.digest, comment: '' })
}

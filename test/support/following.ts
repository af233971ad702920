// An answer of the API that goes on, read as it comes: a living session being watched.

import { request } from 'node:https'

import type { ApiVisitor } from '../../gateway/demo/api-visitor.ts'
import type { GatewayStage } from './gateway-stage.ts'

export interface Following {
  /** What has come so far. */
  text(): string
  /** Resolves when the answer is over, however it ended. */
  readonly ended: Promise<void>
  stop(): void
}

/** Asks for a path as this person, and reads until the gateway or `stop` ends it. */
export function follow(stage: GatewayStage, who: ApiVisitor, path: string): Following {
  let text = ''
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  const cookie = [...who.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const sent = request({
    host: '127.0.0.1',
    port: stage.gateway.https.port,
    servername: 'localhost',
    ca: stage.stage.pki.contents['ca.pem'],
    path,
    headers: { cookie },
    agent: false,
  })
  sent.on('response', (answer) => {
    answer.setEncoding('utf8').on('data', (part: string) => (text += part))
    answer.once('close', () => resolve())
  })
  sent.on('error', () => resolve())
  sent.end()
  return { text: () => text, ended, stop: () => sent.destroy() }
}

// Looks at the host key a target shows, and goes: for people who compare it and accept it. The key counts when the target
// has signed with it, for anybody can show one. No login is begun, so that nothing of ours is there to be learnt.

import './packet-limit.ts'
import { connect } from 'node:net'
import ssh2 from 'ssh2'
import type { SshEndpoint } from '../../../policy/index.ts'
import { openFirstWords } from './first-words.ts'
import { softwareOf } from './negotiated.ts'
import { algorithmsFor } from './target-algorithms.ts'
import { lineOf } from './upstream.ts'

export type Probed =
  | { readonly kind: 'seen'; readonly key: string; readonly software: string }
  /** `text`: a clause, for who looks. */
  | { readonly kind: 'failed'; readonly text: string }

/** Never throws: what goes wrong is an answer. */
export function probeHostKey(endpoint: SshEndpoint, timeoutMs: number): Promise<Probed> {
  return new Promise((resolve) => {
    const client = new ssh2.Client()
    const socket = connect({ host: endpoint.host, port: endpoint.port, noDelay: true })
    const late = setTimeout(
      () => settle({ kind: 'failed', text: `the target did not show a host key within ${timeoutMs / 1000} s` }),
      timeoutMs,
    )
    let shown: Buffer | null = null
    let settled = false
    const settle = (answer: Probed): void => {
      if (settled) return
      settled = true
      clearTimeout(late)
      client.destroy()
      socket.destroy()
      resolve(answer)
    }
    const listen = openFirstWords()
    socket.on('data', (piece: Buffer) => {
      const said = listen(piece)
      if (said.kind === 'other') settle({ kind: 'failed', text: `what answers there is no SSH server: ${said.text}` })
    })
    client.on('error', (error: Error) => {
      const unlike = error.message.startsWith('Handshake failed: ')
      const text = unlike
        ? `the target offers nothing that is good enough: ${error.message.slice('Handshake failed: '.length)}`
        : 'the target does not answer as an SSH server does'
      settle({ kind: 'failed', text })
    })
    client.on('close', () => settle({ kind: 'failed', text: 'the target closed the connection' }))
    client.on('handshake', () => {
      const software = softwareOf(client)
      if (shown === null) settle({ kind: 'failed', text: 'the target showed no host key' })
      else settle({ kind: 'seen', key: lineOf(shown), software })
    })
    try {
      client.connect({
        sock: socket,
        username: endpoint.account,
        algorithms: algorithmsFor(endpoint, null),
        hostVerifier: (key: Buffer): boolean => {
          shown = key
          return true
        },
        readyTimeout: timeoutMs,
      })
    } catch (error) {
      settle({ kind: 'failed', text: error instanceof Error ? error.message : 'the target could not be looked at' })
    }
  })
}

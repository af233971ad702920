// The people of the scripted demo: each logs in at the web API and with the ordinary OpenSSH client. An authenticator
// code is good once, so that codes are given out here and nowhere else.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openVisitor, problemOf, type ApiVisitor } from './api-visitor.ts'
import { openCodes } from './codes.ts'
import type { Plant } from './plant.ts'
import { connectSsh, type SshConnection } from './ssh-connection.ts'
import type { DemoLogin } from './stage.ts'

export interface Actors {
  /** At the web API; logs in the first time, and is the same visitor afterwards. @throws when the login fails. */
  visitor(login: DemoLogin): Promise<ApiVisitor>
  /** A new SSH login for an asset, which opens no session yet. The vendor has a key, the others a password. */
  ssh(login: DemoLogin, asset: string): Promise<SshConnection>
}

/** @param ending ends every client that is still open. */
export function openActors(plant: Plant, ending: AbortSignal): Actors {
  const { stage, gateway } = plant
  const codeFor = openCodes<DemoLogin>((login, at) => stage.code(login, at))
  const visitors = new Map<DemoLogin, ApiVisitor>()
  let connections = 0
  return {
    async visitor(login) {
      const known = visitors.get(login)
      if (known) return known
      const visitor = openVisitor({ port: gateway.https.port, ca: plant.ca })
      const answer = await visitor.login(login, stage.people[login].password.expose(), await codeFor(login))
      if (answer.status !== 200) throw new Error(`login of ${login}: ${problemOf(answer)}`)
      visitors.set(login, visitor)
      return visitor
    },
    async ssh(login, asset) {
      connections += 1
      const folder = join(plant.folder, 'ssh', String(connections))
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const hasKey = login === 'vendor'
      const identity = hasKey ? plant.vendor.key : null
      const password = hasKey ? '' : stage.people[login].password.expose()
      const code = await codeFor(login)
      const { port } = gateway.ssh
      return connectSsh(
        { user: `${login}+${asset}`, port, folder, hostKey: plant.hostKey, identity, password, code },
        ending,
      )
    },
  }
}

// The three ways to one target: straight, through the double hop, and through the gateway. Each starts the ordinary
// OpenSSH client; where its standard streams go is the caller's choice.

import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { partPath } from '../support/parts.ts'
import { vendorLogin, type BenchGateway } from './gateway.ts'
import { clientOptions, knownHostLine, type OpenSsh, type Server } from './openssh.ts'
import { keep } from './processes.ts'

export const routeNames = ['direct', 'doubleHop', 'gateway'] as const
export type RouteName = (typeof routeNames)[number]

export interface Start {
  readonly command: string
  readonly stdio: StdioOptions
  /** Ask for a terminal on the target. */
  readonly terminal?: boolean
}

export interface Route {
  readonly name: RouteName
  start(what: Start): Promise<ChildProcess>
}

export type Routes = Readonly<Record<RouteName, Route>>

const terminalFlag = (what: Start): string[] => (what.terminal === true ? ['-tt'] : ['-T'])
const environment = { PATH: process.env.PATH ?? '/usr/bin:/bin', LANG: 'C.UTF-8', TERM: 'xterm' }

export function openRoutes(folder: string, openssh: OpenSsh, gateway: BenchGateway, cipher: string): Routes {
  const plain = (name: RouteName, server: Server): Route => {
    const known = join(folder, `known_hosts.${name}`)
    writeFileSync(known, knownHostLine(server.port, server.hostKey))
    const argv = [...clientOptions(cipher, openssh.identity, known), '-p', String(server.port)]
    return {
      name,
      start: async (what) =>
        keep(
          spawn(partPath('ssh'), [...argv, ...terminalFlag(what), `${openssh.account}@127.0.0.1`, what.command], {
            stdio: what.stdio,
            env: environment,
          }),
        ),
    }
  }
  const argv = [...clientOptions(cipher, openssh.identity, gateway.knownHosts), '-p', String(gateway.sshPort)]
  return {
    direct: plain('direct', openssh.target),
    doubleHop: plain('doubleHop', openssh.hop),
    gateway: {
      name: 'gateway',
      async start(what) {
        const env = {
          ...environment,
          SSH_ASKPASS: gateway.askpass,
          SSH_ASKPASS_REQUIRE: 'force',
          BENCH_CODE: await gateway.code(),
        }
        const user = `${vendorLogin}@127.0.0.1`
        return keep(
          spawn(partPath('ssh'), [...argv, ...terminalFlag(what), user, what.command], { stdio: what.stdio, env }),
        )
      },
    },
  }
}

/** The routes in another order each round, so that none always follows the same other. */
export function rotated(routes: Routes, round: number): Route[] {
  return routeNames.map((_, at) => routes[routeNames[(at + round) % routeNames.length] ?? 'direct'])
}

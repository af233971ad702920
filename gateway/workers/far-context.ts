// The core, as the brokers of a worker see it on one connection: what they ask is asked of the core, and what it says
// about a session finds its way to who carries it.

import type { BrokerContext } from '../brokers/broker.ts'
import type { Log } from '../log.ts'
import type { FarFiles } from './far-airlock.ts'
import {
  farSshSession,
  farTelnetSession,
  farTunnelSession,
  type FarSession,
  type FarSessionDeps,
  type Opened,
} from './far-session.ts'
import type { Hearing, Link } from './link.ts'
import type { OwnRecordings } from './recordings.ts'
import type { CoreSide, WorkerSide } from './wire.ts'

type SessionWords = Pick<
  Hearing<WorkerSide>,
  'session.warn' | 'session.look' | 'session.flow' | 'session.tunnels' | 'session.end'
>

export interface FarContexts {
  of(connection: number): BrokerContext
  readonly hearing: SessionWords
}

export function openFarContexts({
  core,
  recordings,
  files,
  log,
}: {
  readonly core: Link<CoreSide>
  readonly recordings: OwnRecordings
  readonly files: FarFiles
  readonly log: Log
}): FarContexts {
  const sessions = new Map<string, FarSession>()

  function keep<Session>(session: string, { session: one, far }: Opened<Session>): Session {
    sessions.set(session, far)
    return one
  }

  function depsOf(session: string, jump: boolean): FarSessionDeps {
    const recording = recordings.get(session)
    // The core opens it before it admits anybody.
    if (recording === null) throw new Error(`session \`${session}\`: its recording is not here`)
    return {
      core,
      recording,
      through: jump ? 'jump' : undefined,
      airlock: files.airlockOf(session),
      onClosed: () => sessions.delete(session),
    }
  }

  return {
    of: (connection) => ({
      log,
      async admit({ through }, named) {
        const jump = through === 'jump'
        const answer = await core.call('admit', { connection, jump, named })
        if (answer.kind === 'refused') return answer
        const { session: told } = answer
        return { kind: 'admitted', session: keep(told.session, farSshSession(depsOf(told.session, jump), told)) }
      },
      async admitInClear({ through }, named) {
        const jump = through === 'jump'
        const answer = await core.call('admitInClear', { connection, jump, named })
        if (answer === null || answer.kind === 'refused') return answer
        const { session: told } = answer
        return { kind: 'in-clear', session: keep(told.session, farTelnetSession(depsOf(told.session, jump), told)) }
      },
      async admitTunnel({ through }, named, port) {
        const jump = through === 'jump'
        const answer = await core.call('admitTunnel', { connection, jump, named, port })
        if (answer.kind === 'refused') return answer
        const { session: told, host } = answer
        const session = keep(told.session, farTunnelSession(depsOf(told.session, jump), told))
        return { kind: 'admitted', session, host }
      },
      destination: ({ through }, named, port) =>
        core.call('destination', { connection, jump: through === 'jump', named, port }),
      reachable: ({ through }) => core.call('reachable', { connection, jump: through === 'jump' }),
      refusedFeature: ({ through }, feature, detail) =>
        core.tell('refused', { connection, jump: through === 'jump', feature, detail }),
    }),
    hearing: {
      'session.warn': ({ session, text }) => sessions.get(session)?.warn(text),
      'session.look': ({ session, look }) => sessions.get(session)?.look(look),
      'session.flow': ({ session }) => sessions.get(session)?.flow(),
      'session.tunnels': ({ session, to }) => sessions.get(session)?.tunnels(to),
      'session.end': ({ session, reason, text }) => sessions.get(session)?.end(reason, text),
    },
  }
}

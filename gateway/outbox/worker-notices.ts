// What is told of processes that carry SSH: that one died and took sessions with it, or did what none of ours does.

import type { Events } from '../../policy/index.ts'
import { peopleOf } from './audience.ts'
import type { NoticesOf } from './mapper.ts'

type Because = Events['gateway.worker_died']['because']

const toDo: Readonly<Record<Because, readonly string[]>> = {
  exit: ['It ended by itself. Keep the log of the gateway: it says what went before.'],
  signal: [
    'It was killed from outside: by somebody on the gateway\u2019s machine, or by the system where memory ran out.',
    'The system\u2019s journal says which. If nobody did it and it comes again, add memory or lower `ssh.workers`.',
  ],
  memory: [
    'It took more memory than it may, and the gateway ended it. `ssh.workerMemoryMebibytes` says how much that is.',
    'The log says how large it was. If it comes again with few sessions, find out who was connected each time.',
  ],
  silent: ['It no longer answered, and the gateway ended it. The machine may be overloaded: `sallyport doctor` looks.'],
  fault: [
    'It said what a sound one never says, and the gateway ended it: take it for an attack until you know better.',
    'Keep the log, and look in the ledger who was connected: their sessions ended as `worker-died`.',
  ],
}

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

export const workerNotices: NoticesOf<'gateway.worker_died'> = {
  async 'gateway.worker_died'({ worker, sessions, connections, because }, look) {
    // One that carried nobody is replaced, and nobody misses it; but what a sound one never does is told in any case.
    if (sessions === 0 && connections === 0 && because !== 'fault') return null
    const carried = sessions > 0 ? counted(sessions, 'session') : counted(connections, 'connection')
    const lines = [
      `${carried} ended with it, and no others. Another process takes its place, so people can connect again.`,
      ...(sessions === 0 ? [] : ['What crossed until then is recorded; those recordings are sealed as interrupted.']),
      ...toDo[because],
    ]
    const subject = `look at the gateway: a process that carried ${carried} died`
    const people = await peopleOf(look, null, ['isms-manager', 'admin'])
    return {
      people,
      facts: { worker, sessions, connections, because },
      asks: null,
      letter: () => ({ subject, lines, open: '/evidence' }),
    }
  },
}

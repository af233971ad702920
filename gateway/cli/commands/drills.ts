// `drill`: puts the gateway to the test while it serves, and says when that is due.

import type { Command } from 'commander'
import type { DrillRunView } from '../../contract/views.ts'
import { addCommand, addGroup, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { Failure } from '../failure.ts'
import { remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { tableText } from '../table.ts'

export function addDrillCommands(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'drill', 'put the gateway to the test while it serves')
  addCommand<RemoteOptions>(group, invocation, {
    name: 'list',
    summary: 'list the drills, and when each is due',
    about: 'Lists the drills that the bundle declares, how the last run of each ended and when the next is due.',
    examples: ['drill list'],
    options: remoteOptions,
    run: async (context, options) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('drills'))
      await context.output.answer(view, () =>
        tableText(
          ['DRILL', 'PLANT', 'LAST', 'OUTCOME', 'DUE', 'OWNER'],
          view.drills.map(({ name, plant, last, dueAt, overdue, owner }) => [
            name,
            plant,
            last === null || last.endedAt === null ? 'never' : showInstant(last.endedAt),
            last?.outcome ?? '',
            `${showInstant(dueAt)}${overdue ? ' (overdue)' : ''}`,
            owner,
          ]),
          'The bundle declares no drill: see `drills` of register.yaml',
        ),
      )
    },
  })
  addCommand<RemoteOptions>(group, invocation, {
    name: 'run <name>',
    summary: 'run a drill now, and say what held',
    about:
      'Runs a drill of the bundle against the gateway as it serves: a stand-in tries what has to be refused, access is\n' +
      'taken away from a session of nobody, and a recorder and a policy that fail are tried. No target is dialled, no\n' +
      'session of anybody is touched, and every entry it writes carries its id. Exit code 1 where a step did not hold;\n' +
      'that opens a nonconformity too.',
    examples: ['drill run boundary', 'drill run boundary --json'],
    options: remoteOptions,
    run: async (context, options, [name = '']) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('runDrill', { id: name }))
      await context.output.answer(view, () => runText(view))
      if (view.outcome !== 'passed') {
        const failed = view.steps.filter(({ verdict }) => verdict === 'failed').map(({ step }) => `\`${step}\``)
        throw new Failure(`drill \`${view.name}\`: did not hold: ${failed.join(', ') || 'no step was tried'}`)
      }
    },
  })
}

const marks = { held: 'held', failed: 'FAILED', 'not-applicable': 'not here' } as const

function runText({ id, name, outcome, steps }: DrillRunView): string {
  const table = tableText(
    ['STEP', 'VERDICT', 'GOT', 'MS', 'ENTRIES'],
    steps.map(({ step, verdict, got, tookMs, entries }) => [
      step,
      marks[verdict],
      got,
      tookMs === null ? '' : String(tookMs),
      entries.join(', '),
    ]),
    'No step',
  )
  return `Drill ${name} (${id}): ${outcome ?? 'not over'}\n${table}`
}

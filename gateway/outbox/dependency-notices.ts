// What is told of things the path of access leans on: that one works no longer, and that it works again.

import { peopleOf, distinct } from './audience.ts'
import { tame } from './letter.ts'
import { plantName } from './look.ts'
import type { NoticesOf } from './mapper.ts'

export const dependencyNotices: NoticesOf<'dependency.state_changed'> = {
  async 'dependency.state_changed'({ dependency, owner, plants, to, problem, effect, failures }, look) {
    const declared = look.bundle.scope.dependencies.find(({ id }) => id === dependency)
    const name = tame(declared?.name ?? dependency)
    const isDown = to === 'degraded'
    const where = plants.map((plant) => plantName(look, plant)).join(', ')
    const answers =
      owner === null
        ? 'The bundle does not say who answers for it: declare it in scope.yaml.'
        : `${tame(owner)} answers for it.`
    const follows =
      effect === 'deny-new'
        ? 'No new session begins without it, as the scope says; the page Status says for whom.'
        : 'Sessions begin all the same, unless a rule asks for more.'
    const lines = isDown
      ? [
          `${failures} failures in a row${problem === null ? '' : `, the last: ${tame(problem)}`}.`,
          answers,
          follows,
          ...(where === '' ? [] : [`It concerns ${where}.`]),
        ]
      : ['Nothing more follows from it.', answers]
    const overall = await peopleOf(look, null, ['isms-manager', 'admin'])
    // Who approves should know why people cannot come in.
    const approvers = effect === 'deny-new' ? await approversOf() : []
    const subject = isDown ? `${name} does not work` : `${name} works again`
    return {
      people: distinct([...overall, ...approvers]),
      facts: { dependency, state: to, effect },
      asks: null,
      letter: () => ({ subject, lines, open: '/status' }),
    }

    async function approversOf() {
      const concerned = plants.length === 0 ? [...look.bundle.plants.keys()] : plants
      const all = await Promise.all(concerned.map((plant) => peopleOf(look, plant, ['approver'])))
      return all.flat()
    }
  },
}

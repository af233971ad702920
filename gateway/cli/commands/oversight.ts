// How far an account looks that has a role which looks over a house: over all plants, or over those it is named for.

import { Option, type Command } from 'commander'
import type { Person, PlantId } from '../../../policy/index.ts'
import { addCommand, asWords, type Context, type Invocation } from '../command.ts'
import { Failure, misused } from '../failure.ts'
import { configOption, withStore, type ConfigOptions } from '../local.ts'
import { shown } from '../plain.ts'
import { needPerson } from './people.ts'

type OversightOptions = ConfigOptions & { readonly plant?: readonly string[]; readonly reason: string }

export const oversightOption = (): Option =>
  new Option(
    '--oversight <how-far>',
    'how far auditor, isms-manager and admin reach: over the plants named, or all; left out: over those named, if any',
  ).choices(['all', 'plants'])

/** For whom a person acts, and how far they look where that is further or less far. */
export function plantsText({ plants, oversight }: Pick<Person, 'plants' | 'oversight'>): string {
  const named = plants.join(',') || '-'
  return oversight === 'plants' ? `${named} (looks over these only)` : named
}

export function addOversightCommand(group: Command, invocation: Invocation): void {
  addCommand<OversightOptions>(group, invocation, {
    name: 'oversight <login> <how-far>',
    summary: 'let an auditor, ISMS manager or admin look over some plants or all',
    about:
      'Sets how far the roles auditor, isms-manager and admin of a person reach: `plants`, over those named with --plant and\n' +
      'no others, or `all`. With --plant the person acts for these plants from now on. It is evidence, and holds at once.',
    examples: [
      'user oversight auditor-north plants --plant north --reason "audits plant North"',
      'user oversight auditor all --reason "group audit"',
    ],
    options: (command) =>
      configOption(command)
        .option('--plant <ids>', 'the plants; with commas between', asWords)
        .requiredOption('--reason <text>', 'why, for the evidence'),
    run: (context, options, [login = '', howFar = '']) => change(context, options, login, howFar),
  })
}

async function change(context: Context, options: OversightOptions, login: string, howFar: string): Promise<void> {
  if (howFar !== 'all' && howFar !== 'plants')
    throw misused(`user oversight: expected \`all\` or \`plants\`, got \`${howFar}\``)
  const [{ changeOversight }, { systemClock }, { parsePlantId }] = await Promise.all([
    import('../../identity/oversight.ts'),
    import('../../clock.ts'),
    import('../../../policy/ids.ts'),
  ])
  const named: PlantId[] | null = options.plant === undefined ? null : []
  for (const plant of options.plant ?? []) {
    const parsed = parsePlantId(plant)
    if (parsed.kind === 'malformed') throw misused(parsed.reason)
    named?.push(parsed.id)
  }
  const person = await withStore(context, options, async ({ store }) => {
    const found = await needPerson({ store }, login)
    const to = { oversight: howFar, plants: named ?? found.plants } as const
    const done = await changeOversight({ store, clock: systemClock }, found, to, null, options.reason)
    if (done.kind === 'invalid') throw new Failure(`person \`${login}\`: ${done.problem}`)
    return done.person
  })
  await context.output.answer({ person }, () =>
    howFar === 'all'
      ? shown`${person.login} looks over all plants`
      : shown`${person.login} looks over ${person.plants.join(', ')}`,
  )
}

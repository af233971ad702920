// What is told of doors and key switches, and of drills: only what somebody has to look at.

import { alarmed } from './audience.ts'
import { showInstant, tame } from './letter.ts'
import { plantName, zoneOfPlant, type Look, type Told } from './look.ts'
import type { NoticesOf } from './mapper.ts'
import type { PlantId } from '../../policy/index.ts'

async function toPlant(
  look: Look,
  plant: PlantId,
  facts: Readonly<Record<string, unknown>>,
  subject: string,
  lines: readonly string[],
  open: '/access' | '/drills',
): Promise<Told> {
  return { people: await alarmed(look, plant), facts, asks: null, letter: () => ({ subject, lines, open }) }
}

export const drillNotices: NoticesOf<
  'physical.reported' | 'physical.source_silent' | 'drill.completed' | 'drill.overdue'
> = {
  /** A door that is opened without work behind it is the door controller's to tell. */
  async 'physical.reported'({ source, zone, asset, plant, state, sessions }, look) {
    const isOpen = state === 'open' || state === 'forced'
    if (state !== 'forced' && !(isOpen && sessions.length > 0)) return null
    const name = tame(look.bundle.physicalSources.get(source)?.name ?? source)
    const at = `${plantName(look, plant)}, zone ${zone}`
    return toPlant(
      look,
      plant,
      { source, zone, asset, plant, state, sessions: sessions.length },
      `look: ${name} ${state === 'forced' ? 'was forced' : 'is open'} in ${at}`,
      [
        sessions.length === 0
          ? 'No remote session works there now.'
          : `${sessions.length} remote ${sessions.length === 1 ? 'session works' : 'sessions work'} on what stands there.`,
      ],
      '/access',
    )
  },

  async 'physical.source_silent'({ source, zone, plant, lastState, lastAt }, look) {
    const name = tame(look.bundle.physicalSources.get(source)?.name ?? source)
    const timeZone = zoneOfPlant(look, plant)
    return toPlant(
      look,
      plant,
      { source, zone, plant, lastState, lastAt: new Date(lastAt).toISOString() },
      `look after ${name}: it reports no more`,
      [
        `It said \`${lastState}\` last, at ${showInstant(lastAt, timeZone)} (${timeZone}). That counts no more.`,
        'Where a key switch is silent, sessions that need it end as their asset’s sessions end.',
      ],
      '/access',
    )
  },

  async 'drill.completed'({ drill, name, plant, outcome, steps }, look) {
    if (outcome === 'passed') return null
    const failed = steps.filter(({ verdict }) => verdict === 'failed')
    return toPlant(
      look,
      plant,
      { drill, name, plant, outcome, failed: failed.map(({ step }) => step) },
      `act: drill ${tame(name)} in ${plantName(look, plant)} did not hold`,
      [
        ...failed.map(({ step, expected, got }) => `${step}: expected ${expected}, and ${tame(got)}.`),
        'A nonconformity is open until the drill passes.',
      ],
      '/drills',
    )
  },

  async 'drill.overdue'({ name, plant, lastAt, dueAt }, look) {
    const timeZone = zoneOfPlant(look, plant)
    const last =
      lastAt === null ? 'It was never run.' : `It was last run ${showInstant(lastAt, timeZone)} (${timeZone}).`
    return toPlant(
      look,
      plant,
      {
        name,
        plant,
        lastAt: lastAt === null ? null : new Date(lastAt).toISOString(),
        dueAt: new Date(dueAt).toISOString(),
      },
      `overdue, run: drill ${tame(name)} in ${plantName(look, plant)}`,
      [last, 'It takes a few seconds and touches nothing of the plant.'],
      '/drills',
    )
  },
}

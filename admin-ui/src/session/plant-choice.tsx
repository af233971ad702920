// Which plant a page shows, for people who read of more than one. It stands in the address, so that a reload or a link
// shows the same.

import { NativeSelect } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { meQuery } from '../api/queries.ts'

/** The plant in the address; empty for all that the person reads of. */
export function usePlant(): string {
  const { plant = '' } = useSearch({ strict: false })
  return plant
}

/** What people call the plant in the address; empty for all. */
export function usePlantName(): string {
  const { reads } = useSuspenseQuery(meQuery).data
  const plant = usePlant()
  return reads.find(({ id }) => id === plant)?.name ?? plant
}

/** Not drawn where there is nothing to choose. */
export function PlantChoice({ size = 'sm' }: { size?: 'xs' | 'sm' }) {
  const { reads } = useSuspenseQuery(meQuery).data
  const navigate = useNavigate()
  const plant = usePlant()
  const isKnown = reads.some(({ id }) => id === plant)
  // An address that somebody else sent may name a plant that is not theirs: they can leave it.
  if (reads.length < 2 && (plant === '' || isKnown)) return null
  return (
    <NativeSelect
      size={size}
      aria-label="Plant"
      value={plant}
      data={[
        { value: '', label: reads.length === 1 ? (reads[0]?.name ?? 'All plants') : 'All plants' },
        ...(reads.length === 1 ? [] : reads.map(({ id, name }) => ({ value: id, label: name }))),
        ...(plant === '' || isKnown ? [] : [{ value: plant, label: plant }]),
      ]}
      onChange={(event) => {
        const { value } = event.currentTarget
        void navigate({
          to: '.',
          search: ({ plant: _before, ...rest }) => (value === '' ? rest : { ...rest, plant: value }),
          resetScroll: false,
        })
      }}
    />
  )
}

// How something that has to be attested stands, in a cell: its state, its end, whose word it is; and what can be done.

import { Button, Text } from '@mantine/core'
import type { AttestedState, ProofView } from '../../../gateway/contract/views.ts'
import type { Word } from '../display/words.ts'
import { When } from '../time/when.tsx'

export const attestedWords: Readonly<Record<AttestedState, Word>> = {
  'in-force': { word: 'Attested', tone: 'good', mark: 'check' },
  ending: { word: 'Ends soon', tone: 'warn', mark: 'clock' },
  over: { word: 'Over', tone: 'bad', mark: 'clock' },
  missing: { word: 'Missing', tone: 'bad', mark: 'cross' },
}

/** Until when, or nothing. */
export function Until({ proof }: { proof: ProofView }) {
  return proof === null ? (
    <Text span size="sm" c="dimmed">
      –
    </Text>
  ) : (
    <When at={proof.until} />
  )
}

/** Where the proof is kept and who says so, or nothing. */
export function ProofCell({ proof }: { proof: ProofView }) {
  if (proof === null)
    return (
      <Text span size="sm" c="dimmed">
        none
      </Text>
    )
  return (
    <>
      {proof.reference}
      <Text size="xs" c="dimmed">
        by {proof.by.displayName}
      </Text>
    </>
  )
}

interface AttestButtonsProps {
  readonly state: AttestedState
  /** What it is and of whom, for who cannot see the row. */
  readonly what: string
  readonly onAttest: () => void
  readonly onWithdraw: () => void
}

export function AttestButtons({ state, what, onAttest, onWithdraw }: AttestButtonsProps) {
  return (
    <div className="sp-row-buttons">
      <Button size="xs" variant="default" aria-label={`Attest ${what}`} onClick={onAttest}>
        {state === 'missing' ? 'Attest' : 'Attest anew'}
      </Button>
      {(state === 'in-force' || state === 'ending') && (
        <Button size="xs" variant="default" aria-label={`Withdraw ${what}`} onClick={onWithdraw}>
          Withdraw
        </Button>
      )}
    </div>
  )
}

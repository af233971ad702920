// Taking back what somebody attested: an eligibility, a training, what is expected of a supplier. It counts from then on.

import type { ReactNode } from 'react'
import { useChange } from '../api/changes.ts'
import { ReasonDialog } from '../display/reason-dialog.tsx'

interface Props {
  /** As in `Withdraw this training?`. */
  readonly what: string
  readonly run: (reason: string) => Promise<unknown>
  readonly touches: readonly string[]
  readonly onClose: () => void
  /** What follows from it. */
  readonly children: ReactNode
}

export function WithdrawDialog({ what, run, touches, onClose, children }: Props) {
  const withdraw = useChange({ run, touches: [...touches], says: `The ${what} is withdrawn.`, onDone: onClose })
  return (
    <ReasonDialog
      title={`Withdraw this ${what}?`}
      label="Reason"
      hint="Kept as evidence."
      confirm="Withdraw"
      danger
      pending={withdraw.isPending}
      problem={withdraw.error}
      onConfirm={(reason) => withdraw.mutate(reason)}
      onClose={onClose}
    >
      {children}
    </ReasonDialog>
  )
}

// Events that the gateway writes of itself as time passes, whatever anybody does: the first sweep after a start may write
// some in the middle of any test.

const ofItself =
  /^(?:exception\.|risk\.decision$|training\.expiring$|supplier\.expectation_expiring$|policy\.baseline_drift$|evidence\.retention_checked$|ledger\.storage_threshold$)/

/** Whether an event is the doing of somebody. */
export const isSomebodys = ({ type }: { readonly type: string }): boolean => !ofItself.test(type)

// Events that the gateway writes of itself as time passes, whatever anybody does: the first sweep after a start may write
// some in the middle of any test.

const ofItself = new Set([
  'risk.decision',
  'training.expiring',
  'supplier.expectation_expiring',
  'policy.baseline_drift',
  'evidence.retention_checked',
  'ledger.storage_threshold',
  'interface.defined',
  'interface.overdue',
  'drill.overdue',
  'session.heartbeat',
  'session.recording_head',
  'time.drift',
  'physical.source_silent',
  'incident.report_overdue',
  'evidence.request_overdue',
  'evidence.delivery_failing',
  'evidence.delivery_resumed',
  'recording.disk_slow',
  'recording.disk_recovered',
  'gateway.worker_died',
  'auth.strangers_refused',
])
const themes = ['exception.', 'dependency.', 'conduit.', 'separation.']

/** Whether an event is the doing of somebody. */
export const isSomebodys = ({ type }: { readonly type: string }): boolean =>
  !ofItself.has(type) && !themes.some((theme) => type.startsWith(theme))

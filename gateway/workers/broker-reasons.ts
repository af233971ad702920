// The reasons a broker may give for the end of a session; every other is the core's own.

import type { EndReason } from '../../policy/index.ts'

export const brokerReasons = [
  'client',
  'target',
  'flow-violation',
  'target-unreachable',
  'target-protocol',
  'target-refused-login',
  'host-key-mismatch',
] as const satisfies readonly EndReason[]

export const isBrokerReason = (reason: EndReason): reason is (typeof brokerReasons)[number] =>
  brokerReasons.some((one) => one === reason)

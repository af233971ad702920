// The types of event there are, as the schemas declare them.

import { eventSchemas } from '../../policy/index.ts'

export const declaredEvents: readonly string[] = Object.keys(eventSchemas)

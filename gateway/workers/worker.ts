// A worker: the process that speaks SSH with clients and targets, inspects, and records. It is handed its connections by
// the core and asks it for every decision; no long-lived secret is in it, and its end harms nobody but who it carries.
// Started by process.ts, never by hand.

import { tuneHeap } from '../runtime/heap.ts'

tuneHeap()

const { serveCore } = await import('./serve-core.ts')
serveCore()

// The connections that came into one by ProxyJump and stand inside it: each a session of its own, which the end of the one
// around it is nothing to.

import type { Connection, ServerChannel } from 'ssh2'
import type { ServedConnection } from './connection.ts'
import type { OpenJump } from './jump.ts'

export class InnerConnections {
  readonly #served = new Set<ServedConnection>()
  #streams = 0

  /** Those there are, from the first byte. */
  get count(): number {
    return this.#streams
  }

  /** Is a terminal on one of them locked? */
  get isLocked(): boolean {
    return [...this.#served].some((one) => one.isLocked())
  }

  /** Takes one in on this stream. */
  enter(
    stream: ServerChannel,
    openJump: OpenJump,
    serve: (inner: Connection, onLogin: () => void) => ServedConnection,
  ): void {
    this.#streams++
    stream.once('close', () => this.#streams--)
    openJump(stream, (inner, onLogin) => {
      const served = serve(inner, onLogin)
      this.#served.add(served)
      stream.once('close', () => this.#served.delete(served))
      return served
    })
  }
}

// What every listener is to the rest of the gateway, whatever it speaks.

export interface Listener {
  /** The port it got, where 0 was asked for. */
  readonly port: number
  /** Takes no new connection and closes the present ones. */
  stop(): Promise<void>
}

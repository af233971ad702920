// How an asset is reached by telnet (RFC 854): in clear text, so always borne by an exception, and with a dialogue in
// which the gateway logs in, because telnet itself has no login.

/**
 * What the target says while the gateway logs in. Each is a text in which `*` stands for any characters of the same
 * line. A prompt is what the last line, not ended yet, ends with; a failure is in any line. Spaces at the end are nothing.
 */
export interface LoginDialogue {
  /** Left out where the target asks for no account. */
  readonly account?: string
  readonly password: string
  readonly success: string
  readonly failure?: string
  /** How long it may take in all. */
  readonly seconds: number
}

export interface TelnetEndpoint {
  readonly protocol: 'telnet'
  readonly host: string
  readonly port: number
  readonly account: string
  /** Name of a password in the gateway's vault. */
  readonly credential: string
  /** The exception of register.yaml that bears the clear text, and covers the asset. When it is over, nobody is let in. */
  readonly exception: string
  readonly login: LoginDialogue
}

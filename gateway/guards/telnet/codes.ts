// The bytes of telnet: commands (RFC 854), and the options this gateway takes part in.

export const IAC = 255
export const DONT = 254
export const DO = 253
export const WONT = 252
export const WILL = 251
export const SB = 250
export const BRK = 243
/** Data Mark, the end of a Synch. */
export const DM = 242
export const SE = 240
/** The lowest byte that is a command after IAC: end of file (RFC 1184). */
export const lowestCommand = 236

export const BINARY = 0
export const ECHO = 1
export const SUPPRESS_GO_AHEAD = 3
export const TERMINAL_TYPE = 24
export const NAWS = 31

/** Inside the subnegotiation of the terminal type (RFC 1091). */
export const TYPE_IS = 0
export const TYPE_SEND = 1

/** By name, for records; what has none here is refused. */
const optionNames: Readonly<Record<number, string>> = {
  [BINARY]: 'binary',
  [ECHO]: 'echo',
  [SUPPRESS_GO_AHEAD]: 'suppress-go-ahead',
  [TERMINAL_TYPE]: 'terminal-type',
  [NAWS]: 'window-size',
}
export const optionName = (option: number): string => optionNames[option] ?? String(option)

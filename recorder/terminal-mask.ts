// What a person types at a password prompt must not stand in a recording that many may replay. Whether the far terminal
// echoes cannot be asked through SSH, so it is seen: a line of output that asks for a secret, and no echo of what is typed
// after it. This decides which bytes are masked; that they were, and how many, is recorded (FORMAT.md section 1.4, kind 9).
//
// A target can draw a prompt to hide commands behind it. Therefore few bytes a prompt are masked, their number is
// recorded, and what they cause is in the output as ever.

/** A run of typed bytes: as they are, or only how many. */
export type Typed =
  | { readonly kind: 'shown'; readonly bytes: Uint8Array }
  | { readonly kind: 'masked'; readonly count: number }

/** More is no password; what comes after it at the same prompt is recorded as it is. */
const mostMasked = 256
/** The end of the last line is enough to see a prompt. */
const keptLine = 200
const escapeSequences = /\u001b(?:\[[0-9:;<=>?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g
/** A word for a secret, and the line ends in what invites to type it, perhaps with stars for what was typed. */
const prompt =
  /(?:pass(?:word|wd|phrase|code)|passwort|kennwort|\bpin\b|\bsecret\b|mot de passe|contrase\u00f1a|palavra-passe|\bsenha\b|wachtwoord|has\u0142o|l\u00f6senord|salasana|heslo|verification code|one-time (?:code|password)|\botp\b|\u043f\u0430\u0440\u043e\u043b\u044c|\u5bc6\u7801|\u53e3\u4ee4|\u30d1\u30b9\u30ef\u30fc\u30c9)[^\n]{0,80}[:\uff1a>?]\s*[*\u2022]*\s*$/iu

/** Ends a line or interrupts: no part of a secret. */
const neverMasked = new Set([0x03, 0x04, 0x0a, 0x0d, 0x1a, 0x1c])

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Watches one terminal. What the target says goes to `heard`, what the person types to `typed`, in the order it happens. */
export class PromptMask {
  #line = ''
  #armed = false
  #masked = 0
  /** The first byte masked since anything was heard: if the target sends it back, it echoes. */
  #awaited: number | null = null

  /** Output on its way to the person. */
  heard(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    const echoes = this.#awaited !== null && bytes[0] === this.#awaited
    this.#awaited = null
    // Of much output only the end can be a prompt; a character cut in two there is no part of one.
    const end = bytes.subarray(Math.max(0, bytes.length - 4 * keptLine))
    this.#line = lastLine((end.length < bytes.length ? '' : this.#line) + decoder.decode(end))
    const asks = !echoes && prompt.test(this.#line.replace(escapeSequences, ''))
    // A star for each key, or a cursor that moves, is still the same prompt.
    if (!asks || !this.#armed) this.#masked = 0
    this.#armed = asks
  }

  /** What of the input may be recorded as it is, in runs. */
  typed(bytes: Uint8Array): readonly Typed[] {
    if (!this.#armed) return [{ kind: 'shown', bytes }]
    const runs: Typed[] = []
    for (let at = 0; at < bytes.length;) {
      const from = at
      const isHidden = this.#hides(bytes[at++], 0)
      while (at < bytes.length && this.#hides(bytes[at], at - from) === isHidden) at++
      runs.push(isHidden ? { kind: 'masked', count: at - from } : { kind: 'shown', bytes: bytes.subarray(from, at) })
      if (isHidden) {
        this.#masked += at - from
        this.#awaited ??= bytes[from] ?? null
      }
    }
    return runs
  }

  /** @param run length of the masked run that the byte would go on with. */
  #hides(byte: number | undefined, run: number): boolean {
    return byte !== undefined && !neverMasked.has(byte) && this.#masked + run < mostMasked
  }
}

function lastLine(text: string): string {
  const end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'))
  return text.slice(Math.max(end + 1, text.length - keptLine))
}

// What a hostile target wrote, made safe for the terminal of whoever replays it (FORMAT.md section 6). A terminal obeys
// what it prints: a title report types text into the reader's shell, OSC 52 fills the clipboard, OSC 8 hides a link.
// Passes what draws, drops what acts or answers. The grammar is an allow list: a sequence nobody thought of is dropped.
//
// Works on decoded text (a C1 control in UTF-8 is U+0080 to U+009F) and keeps its state across chunks; a sequence is
// emitted whole or not at all.

type State =
  | 'ground'
  | 'escape'
  /** After ESC and one or more intermediate bytes. */
  | 'escape-intermediate'
  | 'csi'
  /** Inside OSC, DCS, APC, PM, SOS or a `ESC k` title: dropped up to its end, or that of the line. */
  | 'string'
  /** ESC inside such a string: its end if a backslash follows. */
  | 'string-escape'

/** Where a filter stands in the middle of a text. */
export interface FilterState {
  readonly state: State
  readonly sequence: string
}

const states: ReadonlySet<string> = new Set<State>([
  'ground',
  'escape',
  'escape-intermediate',
  'csi',
  'string',
  'string-escape',
])

/** Whether this is the state of a filter; for reading one back. */
export function isFilterState(value: unknown): value is FilterState {
  if (typeof value !== 'object' || value === null || !('state' in value) || !('sequence' in value)) return false
  const { state, sequence } = value
  return (
    typeof state === 'string' && states.has(state) && typeof sequence === 'string' && sequence.length <= maxSequence
  )
}

/** Longer control sequences than this are not drawn by any program that means well. */
const maxSequence = 256
const esc = '\u001b'
/** BEL BS HT LF VT FF CR SO SI. */
const safeControls = new Set('\u0007\b\t\n\u000b\f\r\u000e\u000f')
/** Second byte of an escape sequence without intermediates: save, restore, index, next line, tab set, reverse index,
 * reset, and the locking shifts. Not Z (asks for identity), = and > (keypad), k (title), l and m (memory lock). */
const safeEscapes = new Set('78DEHMcno|}~')
/** C1 controls that draw, as the escape sequence they stand for (ECMA-48 section 5.3). */
const c1Escapes = new Map([
  ['\u0084', 'D'],
  ['\u0085', 'E'],
  ['\u0088', 'H'],
  ['\u008d', 'M'],
])
const c1Csi = '\u009b'
/** DCS, SOS, OSC, PM, APC. */
const c1Strings = new Set('\u0090\u0098\u009d\u009e\u009f')
const stringOpeners = new Set('PX]^_k')
/** LF VT FF CR. */
const lineEnds = new Set('\n\u000b\f\r')
/** Private modes that only draw: reverse video, origin, wrap, cursor, alternate screens, synchronized update. */
const safeModes = new Set(['5', '6', '7', '12', '25', '45', '47', '1047', '1048', '1049', '2026'])
const safeFinals = new Set('@ABCDEFGHIJKLMPSTXZ`abdefgmrsu')
/** No parameter of a drawing sequence needs a fifth digit; a repeat count or a scroll of millions is an attack. */
const parameters = /^(?:[0-9]{0,4}[;:])*[0-9]{0,4}$/

export class TerminalFilter {
  #state: State = 'ground'
  /** What was collected after ESC, while in 'escape-intermediate' and 'csi'. */
  #sequence = ''

  /** @param from where another filter had come to, as its `state` told. */
  constructor(from: FilterState | null = null) {
    if (from === null) return
    this.#state = from.state
    this.#sequence = from.sequence
  }

  /** Where it has come to: a filter made of it goes on as this one would. */
  get state(): FilterState {
    return { state: this.#state, sequence: this.#sequence }
  }

  /** Gives what may be shown of the text, as far as it is decided. */
  push(text: string): string {
    let out = ''
    let plain = 0
    for (let i = 0; i < text.length; i++) {
      const c = text.charAt(i)
      // The usual case, kept fast: printable text is passed on in one piece.
      if (this.#state === 'ground' && ((c >= ' ' && c < '\u007f') || c > '\u009f')) continue
      if (plain < i && this.#state === 'ground') out += text.slice(plain, i)
      out += this.#next(c)
      plain = i + 1
    }
    return this.#state === 'ground' ? out + text.slice(plain) : out
  }

  #next(c: string): string {
    switch (this.#state) {
      case 'ground':
        return this.#ground(c)
      case 'escape':
        return this.#escape(c)
      case 'escape-intermediate':
        return this.#escapeIntermediate(c)
      case 'csi':
        return this.#csi(c)
      case 'string':
        return this.#string(c)
      case 'string-escape':
        if (c === '\\') return this.#enter('ground')
        // Any other byte: the ESC began a sequence of its own.
        this.#enter('escape')
        return this.#escape(c)
    }
  }

  #ground(c: string): string {
    if (c === esc) return this.#enter('escape')
    if (c === c1Csi) return this.#enter('csi')
    if (c1Strings.has(c)) return this.#enter('string')
    const escape = c1Escapes.get(c)
    if (escape !== undefined) return esc + escape
    return safeControls.has(c) || isPrintable(c) ? c : ''
  }

  #escape(c: string): string {
    if (isControl(c)) return this.#controlInside(c)
    if (c === '[') return this.#enter('csi')
    if (stringOpeners.has(c)) return this.#enter('string')
    if (c >= ' ' && c <= '/') {
      this.#enter('escape-intermediate')
      this.#sequence = c
      return ''
    }
    this.#enter('ground')
    return safeEscapes.has(c) ? esc + c : ''
  }

  #escapeIntermediate(c: string): string {
    if (isControl(c)) return this.#controlInside(c)
    if (c >= ' ' && c <= '/') {
      if (this.#sequence.length < maxSequence) this.#sequence += c
      return ''
    }
    const intermediates = this.#sequence
    this.#enter('ground')
    // Character sets (94 and 96, G0 to G3), and ESC # 3 to 6 and 8 (line sizes, alignment test).
    const charset = /^[()*+\-./]$/.test(intermediates) && /^[0-9A-Za-z<=>]$/.test(c)
    const line = intermediates === '#' && /^[34568]$/.test(c)
    return charset || line ? esc + intermediates + c : ''
  }

  #csi(c: string): string {
    if (isControl(c)) return this.#controlInside(c)
    if (c < '@' || c > '~') {
      // A byte outside of the grammar spoils the sequence; it is kept so that the final byte finds it spoilt.
      if (this.#sequence.length < maxSequence) this.#sequence += c
      return ''
    }
    const body = this.#sequence
    this.#enter('ground')
    return isSafeCsi(body, c) ? `${esc}[${body}${c}` : ''
  }

  #string(c: string): string {
    // BEL ends OSC, ST every string; CAN and SUB break it off. Another C1 control begins something new.
    if (c === '\u0007' || c === '\u0018' || c === '\u001a' || c === '\u009c') return this.#enter('ground')
    if (c === esc) return this.#enter('string-escape')
    if (c === c1Csi) return this.#enter('csi')
    if (!lineEnds.has(c)) return ''
    // No title or picture goes over lines. A terminal that does not know the string showed what followed all along:
    // two bytes would hide the rest of a session from whoever replays it.
    this.#enter('ground')
    return c
  }

  /** A control in the middle of a sequence: terminals act on it and go on with the sequence (ECMA-48, VT500). */
  #controlInside(c: string): string {
    if (c === esc) return this.#enter('escape')
    if (c === '\u0018' || c === '\u001a') return this.#enter('ground')
    if (c >= '\u0080') {
      this.#enter('ground')
      return this.#ground(c)
    }
    return safeControls.has(c) ? c : ''
  }

  #enter(state: State): '' {
    this.#state = state
    this.#sequence = ''
    return ''
  }
}

/** One whole text made safe; an unfinished sequence at its end is dropped. */
export function terminalSafe(text: string): string {
  return new TerminalFilter().push(text)
}

/** Whether a control sequence (what stands between CSI and its final byte, and that) only draws. */
function isSafeCsi(body: string, final: string): boolean {
  if (body.length >= maxSequence) return false
  if (body.startsWith('?')) {
    const modes = body.slice(1)
    if (final === 'h' || final === 'l') return modes.split(';').every((mode) => safeModes.has(mode))
    return (final === 'J' || final === 'K') && parameters.test(modes)
  }
  // Cursor style, protection attribute, soft reset. Every other intermediate asks, copies, or sets modes.
  if (final === 'q' && /^[0-9]{0,4}[ "]$/.test(body)) return true
  if (final === 'p' && body === '!') return true
  if (!parameters.test(body)) return false
  // ANSI modes: insert only. 2 locks the keyboard, 12 echoes, 20 changes what Return sends.
  if (final === 'h' || final === 'l') return body === '4'
  // T with more than one parameter is mouse highlighting.
  if (final === 'T') return /^[0-9]{0,4}$/.test(body)
  return safeFinals.has(final)
}

function isControl(c: string): boolean {
  return c < ' ' || (c >= '\u007f' && c <= '\u009f')
}

function isPrintable(c: string): boolean {
  return !isControl(c)
}

// Memory of large buffers, given back as soon as nobody will look at them again. V8 counts the memory behind buffers and
// collects all garbage, of the whole heap, for each 64 MB of it: without this a bulk transfer spends much of its time on
// that.

/** Below this it is cheaper to leave memory to the garbage collector; such buffers also share memory with others. */
export const worthGivingBack = 8 << 10

/** Frees the memory of these bytes at once, where it is theirs alone. Nobody may look at them again. */
export function giveBack(bytes: Uint8Array): void {
  const { buffer } = bytes
  // What is detached is gone for every view of it.
  if (bytes.length >= worthGivingBack && bytes.length === buffer.byteLength && buffer instanceof ArrayBuffer)
    buffer.transfer(0)
}

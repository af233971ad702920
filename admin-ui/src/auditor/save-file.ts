// Hands bytes to the browser as a download.

/** Saves the bytes under the name; the browser asks or not, as it is set. */
export function saveFile(bytes: Blob, name: string): void {
  const address = URL.createObjectURL(bytes)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The download holds the bytes by now; the address alone would keep them in memory.
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

// A small controller in the demo plant: it answers Modbus/TCP requests to read its holding registers, and refuses every
// other function as the protocol says. It is reached through a tunnel, as an engineering tool of the vendor would reach it.
//
//   uint16 transaction   uint16 protocol, 0   uint16 length of what follows   uint8 unit
//   uint8 function       3: uint16 first register, uint16 how many            (MODBUS Messaging on TCP/IP V1.0b, 3.1.3)

import { createServer, type AddressInfo, type Socket } from 'node:net'

export interface Controller {
  readonly port: number
  stop(): Promise<void>
  /** The same at once, for a process that is about to exit and can wait for nothing. */
  kill(): void
}

const readHolding = 3
const headerBytes = 7
/** Of a request or an answer, as the specification bounds them. */
const mostBytes = 260
const mostRegisters = 125
/** Speed set, speed, current in tenths, fault: drive 12 stands since it got too hot. */
const registers: readonly number[] = [1480, 0, 0, 12]

function answerTo(request: Buffer): Buffer {
  const code = request[headerBytes] ?? 0
  const [first, count] = request.length >= 12 ? [request.readUInt16BE(8), request.readUInt16BE(10)] : [0, 0]
  const isThere = count > 0 && count <= mostRegisters && first + count <= registers.length
  const known = code === readHolding && isThere
  // Exception 1: no such function; 2: no such register.
  const said = known
    ? [code, count * 2, ...registers.slice(first, first + count).flatMap((value) => [value >> 8, value & 0xff])]
    : [code | 0x80, code === readHolding ? 2 : 1]
  const answer = Buffer.concat([request.subarray(0, headerBytes), Buffer.from(said)])
  answer.writeUInt16BE(said.length + 1, 4)
  return answer
}

function serve(socket: Socket): void {
  let heard: Buffer = Buffer.alloc(0)
  socket.on('error', () => socket.destroy())
  socket.on('data', (part: Buffer) => {
    heard = Buffer.concat([heard, part])
    while (heard.length >= headerBytes) {
      const length = 6 + heard.readUInt16BE(4)
      // What is no Modbus gets no answer.
      if (heard.readUInt16BE(2) !== 0 || length <= headerBytes || length > mostBytes) return void socket.destroy()
      if (heard.length < length) return
      socket.write(answerTo(heard.subarray(0, length)))
      heard = heard.subarray(length)
    }
  })
}

/** Listens on a free port of loopback. */
export async function startController(): Promise<Controller> {
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    serve(socket)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const kill = (): void => {
    for (const socket of open) socket.destroy()
    server.close()
  }
  return {
    port: (server.address() as AddressInfo).port,
    kill,
    stop: () =>
      new Promise((resolve) => {
        server.once('close', () => resolve())
        kill()
      }),
  }
}

/** Ports are looked at before anything is started, so that one which is taken is said in words at once. */
import { createServer } from 'node:net'

export interface WantedPort {
  /** The option that chooses it. */
  readonly option: string
  readonly use: string
  /** 0 for any free one. */
  readonly port: number
}

const host = '127.0.0.1'

/** Gives each its port. Throws with the way round it for every port that is taken or wanted twice. */
export async function reservePorts(wanted: readonly WantedPort[]): Promise<readonly number[]> {
  const servers = wanted.map(() => createServer())
  const ports: (number | string)[] = []
  for (const [i, want] of wanted.entries()) ports.push(await tryPort(servers[i] ?? createServer(), want))
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  const faults = ports.filter((port) => typeof port === 'string')
  if (faults.length > 0) throw new Error(faults.join('\n'))
  return ports.filter((port) => typeof port === 'number')
}

/** The port, held by the server until it is closed, or why it cannot be had. */
function tryPort(server: ReturnType<typeof createServer>, { option, use, port }: WantedPort): Promise<number | string> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${error.code})`
      resolve(
        `Port ${port} for ${use} ${reason}. Choose another: npm start -- ${option} ${port + 10} (0: any free one).`,
      )
    })
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

/** A network that cannot be used: missing, altered, or not what its manifest says. The store goes on without vision. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError'
}

/** What a session must be like, whoever asks for it. */
import type { Asked, Rights } from './access.ts'

/** A longer silence would hide a dead device (SlowITe holds connections open that way). */
const longestKeepaliveSeconds = 1200

/** What is wrong with it, in words; null when it is good. */
export function sessionFault({ clientId, keepalive, will }: Asked, rights: Rights): string | null {
  if (keepalive === 0 || keepalive > longestKeepaliveSeconds)
    return `client "${clientId.slice(0, 100)}" has a keep-alive of ${keepalive} s, wanted 1 to ${longestKeepaliveSeconds}`
  const fault = will === null ? null : rights.publish(will)
  return fault === null ? null : `the will: ${fault}`
}

/** What a session must be like, whoever asks for it. */
import type { Admission, Asked, Rights } from './access.ts'

/** A longer silence would hide a dead device (SlowITe holds connections open that way). */
const longestKeepaliveSeconds = 1200

/** Null when it is good. */
export function checkSession({ clientId, keepalive, will }: Asked, rights: Rights): Admission | null {
  if (keepalive === 0 || keepalive > longestKeepaliveSeconds)
    return refusal(`client "${clientId}" has a keep-alive of ${keepalive} s, wanted 1 to ${longestKeepaliveSeconds}`)
  const fault = will === null ? null : rights.publish(will)
  return fault === null ? null : refusal(`the will: ${fault}`)
}

function refusal(reason: string): Admission {
  return { ok: false, code: 5, reason }
}

/** Who asks the gateway's HTTP interface: a person by the cookie of a session, a program by a token. */
import type { FastifyRequest } from 'fastify'
import { type Access, type Caller, roles } from '../../cloud-sync/people/access.ts'
import { PeopleError } from '../../cloud-sync/people/people-error.ts'
import { bearerOf } from '../../cloud-sync/secrets.ts'
import type { StaffRole } from '../../models/contracts/staff.ts'
import { isSecretOf } from '../credentials/secret.ts'
import type { StaffBook } from './staff-book.ts'

/** The simulator's own run: it settles nothing, but reads what was billed. */
const simulatorRole = 'operator'

export interface Door {
  /** Throws SIGN_IN. */
  callerOf(request: FastifyRequest): Promise<Caller>
}

/** `simulator`: digest of the secret of simulators that the gateway runs with; null: there are none. */
export function createDoor(staff: StaffBook, simulator: () => Uint8Array | null): Door {
  async function ofToken(token: string): Promise<Caller> {
    const digest = simulator()
    if (digest !== null && isSecretOf(Buffer.from(token), digest)) return callerWith('simulator', simulatorRole)
    const program = await staff.byToken(token)
    if (program === null) throw new PeopleError('SIGN_IN', 'the token is unknown')
    return callerWith(program.name, program.role)
  }

  return {
    async callerOf(request) {
      const token = bearerOf(request.headers.authorization)
      if (token !== null) return ofToken(token)
      const session = await staff.people.sessionOf(request)
      // Looked up each time: a role that is changed, or a person who has left, counts at once.
      const member = session === null ? null : await staff.find(session.subject)
      if (session === null || member === null) throw new PeopleError('SIGN_IN')
      return { ...callerWith(member.name, member.role), session }
    },
  }
}

function callerWith(subject: string, role: StaffRole): Caller {
  return { subject, session: null, may: (access) => isAtLeast(role, access) }
}

function isAtLeast(role: StaffRole, access: Access): boolean {
  const ranks: readonly Access[] = roles
  const wanted = ranks.indexOf(access)
  return wanted !== -1 && ranks.indexOf(role) >= wanted
}

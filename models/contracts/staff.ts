/** Who works in the store, as its gateway knows them. */
import { type Static, Type } from 'typebox'
import { TimestampSchema } from './units.ts'

export const StaffNameSchema = Type.String({
  pattern: '^[\\p{L}\\p{N}][\\p{L}\\p{N} ._-]{0,39}$',
  maxLength: 40,
  description: 'name of a person or program, unlike any other in the store',
})
export const RoleSchema = Type.Enum(['viewer', 'operator', 'admin'], {
  description: 'viewer: sees; operator: settles reviews, looks at cameras, too; admin: decides who may what, too',
})
export type StaffRole = Static<typeof RoleSchema>

export const StaffViewSchema = Type.Object({
  name: StaffNameSchema,
  role: RoleSchema,
  isProgram: Type.Boolean({ description: 'comes with a token in place of signing in' }),
  madeAt: TimestampSchema,
})
export type StaffView = Static<typeof StaffViewSchema>

export const NewStaffSchema = Type.Object({ name: StaffNameSchema, role: RoleSchema })
export const NewRoleSchema = Type.Object({ role: RoleSchema })

export const AuditEntrySchema = Type.Object({
  at: TimestampSchema,
  who: Type.Union([Type.String({ description: 'name or id of who did it' }), Type.Null()]),
  what: Type.String({ description: 'what was done' }),
  about: Type.Union([Type.String({ description: 'whom or what it was done to' }), Type.Null()]),
  place: Type.Union([Type.String({ description: 'network address that it came from' }), Type.Null()]),
  detail: Type.Union([Type.String({ description: 'more about it' }), Type.Null()]),
})
export type AuditEntryView = Static<typeof AuditEntrySchema>

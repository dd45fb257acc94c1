import { OwnKeys } from '../../../../cloud-sync/pages/src/people/own-keys.tsx'
import { peopleApi } from '../../../../cloud-sync/pages/src/people/people-api.ts'
import { Frame } from '../frame.tsx'
import { goSignIn, goSignInAgain, roleWords, useMe } from '../signing-in.ts'
import { useStore } from '../use-store.ts'
import { AuditList } from './audit-list.tsx'
import { StaffList } from './staff-list.tsx'
import './staff.css'

const api = peopleApi('/api')

/** Oneself, for everybody; the others and what was done, for admins. */
export function StaffPage() {
  const state = useStore()
  const me = useMe()
  return (
    <Frame page="staff" state={state}>
      {me === null ? (
        <p class="card empty">Loading …</p>
      ) : (
        <div class="staff">
          <section class="card staff-part" aria-labelledby="me">
            <h2 id="me">{me.name}</h2>
            <p class="quiet">
              {me.role}: {roleWords[me.role]}
            </p>
            <OwnKeys api={api} onSignedOut={goSignIn} onSignInAgain={goSignInAgain} />
          </section>
          {me.role === 'admin' && <StaffList me={me} />}
          {me.role === 'admin' && <AuditList timezone={state.store?.timezone} />}
        </div>
      )}
    </Frame>
  )
}

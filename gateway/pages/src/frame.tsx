import type { ComponentChildren } from 'preact'
import { peopleApi } from '../../../cloud-sync/pages/src/people/people-api.ts'
import { formatClock } from '../../../models/text/format.ts'
import type { Connection } from './live-feed.ts'
import { goSignIn, useMe } from './signing-in.ts'
import type { StoreState } from './use-store.ts'
import '../../../cloud-sync/pages/src/theme.css'
import './frame.css'

interface Props {
  readonly page: 'live' | 'reviews' | 'devices' | 'cameras' | 'staff'
  readonly state: StoreState
  readonly children: ComponentChildren
}

/** What all pages have around them: name of the store, navigation, and whether the picture is a fresh one. */
export function Frame({ page, state, children }: Props) {
  const { store, view, connection } = state
  const me = useMe()
  const time = view === null || view.time <= 0 ? null : formatClock(view.time, store?.timezone)
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <div class="brand">
          <img src="/favicon.svg" alt="" width="32" height="32" />
          <h1>{store?.name ?? 'Tillfree'}</h1>
        </div>
        <nav aria-label="Pages">
          <a href="/" aria-current={page === 'live' ? 'page' : undefined}>
            Live
          </a>
          <a href="/reviews/" aria-current={page === 'reviews' ? 'page' : undefined}>
            Reviews
            <OpenReviews count={(view?.openReviews ?? 0) + (view?.openLate ?? 0)} />
          </a>
          <a href="/devices/" aria-current={page === 'devices' ? 'page' : undefined}>
            Devices
          </a>
          <a href="/cameras/" aria-current={page === 'cameras' ? 'page' : undefined}>
            Cameras
          </a>
          <a href="/staff/" aria-current={page === 'staff' ? 'page' : undefined}>
            Staff
          </a>
        </nav>
        <div class="state">
          {me !== null && <SignOut name={me.name} />}
          <ConnectionChip connection={connection} />
          {time !== null && (
            <span class="clock" title="Time in the store">
              <span class="unseen">Time in the store: </span>
              {time}
            </span>
          )}
        </div>
      </header>
      <main id="main">
        <div role="alert">
          {connection === 'lost' && (
            <p class="notice bad lost">
              <strong>No connection to the gateway.</strong>{' '}
              {time === null ? 'Nothing can be shown yet.' : `This is how it was at ${time}.`} The page keeps trying.
            </p>
          )}
          <Problems problems={connection === 'lost' ? [] : (view?.problems ?? [])} />
        </div>
        {view?.notices.map((notice) => (
          <p class="notice" key={notice}>
            {notice}
          </p>
        ))}
        {children}
      </main>
    </>
  )
}

/** What the gateway itself says is wrong with it. */
function Problems({ problems }: { readonly problems: readonly string[] }) {
  return problems.map((problem) => (
    <p class="notice bad" key={problem}>
      <strong>Nobody is let in now:</strong> {problem}. It goes on by itself when that is over.
    </p>
  ))
}

function SignOut({ name }: { readonly name: string }) {
  const out = () => void peopleApi('/api').signOut().then(goSignIn, goSignIn)
  return (
    <button type="button" class="button out" title={`Signed in as ${name}`} onClick={out}>
      Sign out<span class="unseen"> {name}</span>
    </button>
  )
}

/** How many bills wait for a person; nothing when none does. */
function OpenReviews({ count }: { readonly count: number }) {
  if (count === 0) return null
  return (
    <span class="waiting">
      {count}
      <span class="unseen"> open</span>
    </span>
  )
}

function ConnectionChip({ connection }: { readonly connection: Connection }) {
  if (connection === 'live') return <span class="chip good pulse">Live</span>
  if (connection === 'connecting') return <span class="chip">Connecting …</span>
  return <span class="chip bad">Disconnected</span>
}

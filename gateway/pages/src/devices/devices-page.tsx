import type { LiveView } from '../../../../models/contracts/http.ts'
import type { Store } from '../../../../models/contracts/store.ts'
import { Frame } from '../frame.tsx'
import { useStore } from '../use-store.ts'
import { byUrgency } from '../words.ts'
import { DeviceRow } from './device-row.tsx'
import './devices.css'

export function DevicesPage() {
  const state = useStore()
  const { store, view, connection } = state
  return (
    <Frame page="devices" state={state}>
      {view === null ? (
        <p class="card empty">{connection === 'lost' ? 'Waiting for the gateway …' : 'Loading the devices …'}</p>
      ) : (
        <>
          <Summary devices={view.devices} />
          <DeviceTable view={view} store={store} />
          <RefusedMessages rejected={view.rejected} />
        </>
      )}
    </Frame>
  )
}

function Summary({ devices }: { readonly devices: LiveView['devices'] }) {
  const working = devices.filter(({ state }) => state === 'online').length
  const good = working === devices.length
  return (
    <p class={`summary ${good ? 'good' : 'warn'}`} role="status">
      <strong>
        {good ? 'All devices are working.' : `${devices.length - working} of ${devices.length} devices need a look.`}
      </strong>{' '}
      {good ? `${devices.length} in the store file.` : 'They stand first.'}
    </p>
  )
}

const columns = ['Device', 'State', 'Last heard', 'Messages', 'Lost', 'Refused', 'Clock', 'Made by']

function DeviceTable({ view, store }: { readonly view: LiveView; readonly store: Store | null }) {
  return (
    <section class="card" aria-labelledby="devices">
      <header>
        <h2 id="devices">Devices</h2>
        <p class="quiet">counts are since the gateway started</p>
      </header>
      <table class="devices">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...view.devices].sort(byUrgency).map((device) => (
            <DeviceRow key={device.id} device={device} now={view.time} timeZone={store?.timezone} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function RefusedMessages({ rejected }: { readonly rejected: LiveView['rejected'] }) {
  return (
    <section class="card" aria-labelledby="refused">
      <header>
        <h2 id="refused">Refused messages</h2>
        <p class="quiet">they changed no cart</p>
      </header>
      {rejected.length === 0 ? (
        <p class="empty">No message was refused.</p>
      ) : (
        <ul class="refused">
          {[...rejected]
            .sort((a, b) => b.count - a.count)
            .map(({ cause, count, example }) => (
              <li key={cause}>
                <h3>
                  {cause} <span class="chip warn">{count === 1 ? 'once' : `${count} times`}</span>
                </h3>
                <p>
                  <span class="quiet">The latest: </span>
                  {example}
                </p>
              </li>
            ))}
        </ul>
      )}
    </section>
  )
}

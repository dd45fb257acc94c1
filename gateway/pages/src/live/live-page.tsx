import { useMemo, useState } from 'preact/hooks'
import type { LiveView } from '../../../../models/contracts/http.ts'
import type { Store } from '../../../../models/contracts/store.ts'
import { Frame } from '../frame.tsx'
import { FloorPlanView } from '../plan/floor-plan.tsx'
import { useStore } from '../use-store.ts'
import { namesOf } from '../words.ts'
import { BillList } from './bills.tsx'
import { CartList } from './carts.tsx'
import { EventList } from './events.tsx'
import { Spoken } from './spoken.tsx'
import { useNews, useTrails } from './use-news.ts'
import './live.css'

export function LivePage() {
  const state = useStore()
  const { store, view, connection } = state
  return (
    <Frame page="live" state={state}>
      {store === null || view === null ? (
        <p class="card empty">{connection === 'lost' ? 'Waiting for the gateway …' : 'Loading the store …'}</p>
      ) : (
        <Shop store={store} view={view} stale={connection === 'lost'} />
      )}
    </Frame>
  )
}

interface Props {
  readonly store: Store
  readonly view: LiveView
  readonly stale: boolean
}

function Shop({ store, view, stale }: Props) {
  const [selected, setSelected] = useState<string | null>(null)
  const names = useMemo(() => namesOf(store), [store])
  const news = useNews(view.events)
  const trails = useTrails(view)
  const toggle = (shopper: string) => setSelected((before) => (before === shopper ? null : shopper))
  return (
    <div class={`shop ${stale ? 'stale' : ''}`}>
      <section class="card floor" aria-labelledby="floor">
        <header>
          <h2 id="floor">Floor plan</h2>
          <p class="quiet legend">
            <span>taken</span>
            <span class="put">put back</span>
          </p>
        </header>
        <FloorPlanView
          store={store}
          shoppers={view.shoppers}
          trails={trails}
          news={news}
          selected={selected}
          onSelect={toggle}
        />
      </section>
      <CartList store={store} shoppers={view.shoppers} selected={selected} onSelect={toggle} />
      <EventList store={store} events={view.events} news={news} names={names} />
      <BillList store={store} bills={view.bills} waiting={view.waitingBills} />
      <Spoken store={store} view={view} news={news} names={names} selected={selected} />
    </div>
  )
}

import { useEffect, useMemo, useState } from 'preact/hooks'
import type { Store } from '../../../../models/contracts/store.ts'
import { calibrate } from '../../../../models/geometry/calibration/calibrate.ts'
import type { CameraConfig } from '../../../../models/geometry/camera.ts'
import { Frame } from '../frame.tsx'
import { useStore } from '../use-store.ts'
import { Outcome } from './outcome.tsx'
import { Picture } from './picture.tsx'
import { PlacePlan } from './place-plan.tsx'
import { added, changed, floorPoints, noDrafts, removed } from './points.ts'
import { PointsTable } from './points-table.tsx'
import { useStill } from './use-still.ts'
import '../reviews/reviews.css'
import './cameras.css'

export function CamerasPage() {
  const state = useStore()
  const cameras = state.store?.devices.flatMap((device) => (device.kind === 'camera' ? [device] : [])) ?? []
  const id = useHash()
  const camera = cameras.find((one) => one.id === id) ?? cameras[0]
  return (
    <Frame page="cameras" state={state}>
      {state.store === null || camera === undefined ? (
        <p class="card empty">
          {state.store === null ? 'Loading the cameras …' : 'There is no camera in the store file.'}
        </p>
      ) : (
        <>
          <Choice cameras={cameras} chosen={camera.id} />
          <Calibrating key={camera.id} store={state.store} camera={camera} />
        </>
      )}
    </Frame>
  )
}

function useHash(): string {
  const [hash, setHash] = useState(location.hash.slice(1))
  useEffect(() => {
    const follow = () => setHash(location.hash.slice(1))
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  return hash
}

function Choice({ cameras, chosen }: { readonly cameras: readonly CameraConfig[]; readonly chosen: string }) {
  return (
    <nav class="choice-of-cameras" aria-label="Cameras">
      {cameras.map(({ id }) => (
        <a key={id} class="button" href={`#${id}`} aria-current={id === chosen ? 'true' : undefined}>
          {id}
        </a>
      ))}
    </nav>
  )
}

function Calibrating({ store, camera }: { readonly store: Store; readonly camera: CameraConfig }) {
  const still = useStill(camera.id)
  const [drafts, setDrafts] = useState(noDrafts)
  const [height, setHeight] = useState('')
  const points = useMemo(() => floorPoints(drafts), [drafts.points])
  const result = useMemo(() => {
    const heightMetres = Number(height)
    if (points.length === 0) return null
    return calibrate({ image: camera.image, points, ...(heightMetres > 0 ? { heightMetres } : {}) })
  }, [points, height, camera])
  const [width, tall] = camera.image
  const found = result?.ok === true ? result.fields.position : null
  return (
    <>
      <p class="quiet">
        Click a place on the floor in the picture that you can find again on the plan, such as the corner of a gondola’s
        foot; then click it on the plan, or type where it is. The picture is shown while this page is open, and kept
        nowhere.
      </p>
      <div class="both">
        <Picture
          camera={camera}
          state={still}
          timeZone={store.timezone}
          drafts={drafts}
          onAdd={(u, v) => setDrafts(added(drafts, u, v))}
          onMove={(key, u, v) => setDrafts(changed(drafts, key, { u, v }))}
          onSelect={(key) => setDrafts({ ...drafts, selected: key })}
        />
        <PlacePlan
          store={store}
          drafts={drafts}
          found={found === null ? null : [found[0], found[1]]}
          onPlace={(x, y) => drafts.selected !== null && setDrafts(changed(drafts, drafts.selected, { x, y }))}
        />
      </div>
      <PointsTable
        drafts={drafts}
        result={result}
        image={camera.image}
        onAdd={() => setDrafts(added(drafts, Math.round(width / 2), Math.round(tall / 2)))}
        onChange={(key, change) => setDrafts(changed(drafts, key, change))}
        onRemove={(key) => setDrafts(removed(drafts, key))}
      />
      <label class="height">
        Height of the camera in metres, where you measured it
        <input
          type="number"
          min="0.5"
          max="50"
          step="0.01"
          value={height}
          onInput={(event) => setHeight(event.currentTarget.value)}
        />
      </label>
      <Outcome camera={camera} points={points} result={result} view={still.still?.view ?? null} />
    </>
  )
}

import { expect, test } from 'vitest'
import { openingState, type StreamState, streamTurn } from '../../devices/camera/stream-state.ts'
import type { DeviceView } from '../../models/contracts/http.ts'
import { createIngest } from '../ingest/ingest.ts'
import { createRegistry } from '../registry/registry.ts'
import { t0, testStore } from '../testing/store.ts'
import { withCamera } from './device-view.ts'

const store = testStore()
const unheard = createRegistry(store)
  .views(createIngest({ store }).stats().devices, t0)
  .find(({ id }) => id === 'cam1') as DeviceView
const opening = openingState(t0)
const live = streamTurn(opening, { kind: 'frame' }, t0, 0).state
const lost = streamTurn(live, { kind: 'ended', why: 'Connection refused' }, t0, 0).state

test.each<[string, StreamState | null, number, boolean, string, RegExp]>([
  ['whose stream comes', live, 7, false, 'online', /as it should/],
  ['whose stream was lost', lost, 7, false, 'offline', /no stream: Connection refused.+less than a minute ago/],
  ['that was never reached', lost, 0, false, 'offline', /no stream: Connection refused/],
  ['that is being opened', opening, 0, false, 'never-seen', /being opened/],
  ['that was turned', live, 7, true, 'moved', /somebody turned it/],
  ['that was turned and is lost', lost, 7, true, 'offline', /no stream/],
  ['without a stream', null, 0, false, 'never-seen', /nothing was heard/],
])('withCamera() shows a camera %s', (_, stream, frames, moved, state, why) => {
  const seen = withCamera(unheard, { stream, moved, frames, latestMs: frames === 0 ? null : t0 }, t0 + 1000)
  expect(seen).toMatchObject({ state, messages: frames })
  expect(seen.why).toMatch(why)
})

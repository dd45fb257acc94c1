/** A camera that sends a picture at a steady pace. */
import type { Prints } from '../cameras/goods.ts'
import type { StoreCamera } from '../cameras/store-camera.ts'
import type { Process } from '../world/scheduler.ts'
import type { SimulatedDevice } from './device.ts'

/** How the cameras of a shop take pictures. */
export interface PictureSettings {
  readonly framesPerSecond: number
  readonly prints: Prints
  /** No tracker speaks: whoever wants to know where people are looks at the pictures. */
  readonly insteadOfTracker: boolean
}

/** From the shutter to the broker: compressing and sending some 40 kB, milliseconds. */
const latencyMs = 90
const latencySpreadMs = 15

export class Camera {
  readonly meta = { model: 'simulated camera', firmware: '1.0', channels: ['raw/frame'] }
  private readonly device: SimulatedDevice
  private readonly camera: StoreCamera
  private readonly frameMs: number

  constructor(device: SimulatedDevice, camera: StoreCamera, framesPerSecond: number) {
    this.device = device
    this.camera = camera
    this.frameMs = 1000 / framesPerSecond
  }

  *run(): Process {
    // Cameras are not switched on together: each has its own beat.
    const begin = this.device.now + this.device.random.range(0, this.frameMs)
    for (let frame = 0; ; frame++) {
      yield begin + frame * this.frameMs
      if (!this.device.up) continue
      const latency = this.device.random.normal(latencyMs, latencySpreadMs)
      this.device.sendPicture(this.camera.frame(), Math.max(20, latency))
    }
  }
}

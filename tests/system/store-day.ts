/** A short store day through the real processes: account service, gateway, devices over MQTT. */
import { openScenario } from '../../simulators/scenario/open.ts'
import { type Report, simulate } from '../../simulators/simulate.ts'

export interface StoreDay {
  readonly seed: number
  readonly shoppers: number
  readonly broker?: string
  /** Restarts the gateway once, so long after the opening. */
  readonly restart?: { readonly afterMs: number; readonly how: 'stop' | 'kill' }
}

export async function runStoreDay({ seed, shoppers, broker, restart }: StoreDay): Promise<Report> {
  let open = restart
  return simulate({
    ...openScenario({ shoppers }),
    seed,
    speed: null,
    broker,
    onStep: async (virtualMs, system) => {
      if (open === undefined || virtualMs < open.afterMs) return
      const { how } = open
      open = undefined
      await system.restartGateway(how)
    },
  })
}

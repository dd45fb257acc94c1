/** Follows what one camera sees, to notice that somebody turned it. Pure. */
import { hasMoved, steadyView, type View } from '../../devices/camera/view.ts'

/** How often a picture is looked at for that; a thumbnail costs 5 ms. */
export const viewEveryMs = 5_000
/** Two minutes: who stands before a shelf for a minute is not taken for the shelf. */
const lookedAt = 24

export interface ViewWatch {
  /** A view of now; null where the picture showed too little. */
  add(view: View | null): void
  /** What stands still; null while too little was seen. */
  steady(): View | null
  moved(): boolean
}

/** Without a view in the store file it compares with what the camera saw first, so after a start it knows nothing of before. */
export function createViewWatch(calibrated: View | null): ViewWatch {
  let reference = calibrated
  let recent: View[] = []
  let steady: View | null = null
  let moved = false
  return {
    add(view) {
      if (view === null) return
      recent = [...recent.slice(1 - lookedAt), view]
      if (recent.length < lookedAt) return
      steady = steadyView(recent)
      reference ??= steady
      moved = hasMoved(reference, steady)
    },
    steady: () => steady,
    moved: () => moved,
  }
}

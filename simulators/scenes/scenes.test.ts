import { expect, test } from 'vitest'
import { levels, openScene, sceneNames } from './scenes.ts'

test.each(sceneNames())('openScene() opens %s at every level', (name) => {
  for (const level of levels) expect(openScene(name, level, 1).devices.length).toBeGreaterThan(0)
})

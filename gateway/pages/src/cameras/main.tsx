import { render } from 'preact'
import { CamerasPage } from './cameras-page.tsx'

const root = document.getElementById('page')
if (root !== null) render(<CamerasPage />, root)

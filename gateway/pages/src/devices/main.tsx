import { render } from 'preact'
import { DevicesPage } from './devices-page.tsx'

const root = document.getElementById('page')
if (root !== null) render(<DevicesPage />, root)

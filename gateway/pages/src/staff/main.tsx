import { render } from 'preact'
import { StaffPage } from './staff-page.tsx'

const root = document.getElementById('page')
if (root !== null) render(<StaffPage />, root)

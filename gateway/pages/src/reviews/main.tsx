import { render } from 'preact'
import { ReviewsPage } from './reviews-page.tsx'

const root = document.getElementById('page')
if (root !== null) render(<ReviewsPage />, root)

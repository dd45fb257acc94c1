import { render } from 'preact'
import { AccountPage } from './account-page.tsx'
import { takeToken } from './token.ts'

const root = document.getElementById('page')

/** A link opened in the same tab changes the fragment only; it is another account then. */
function show() {
  if (root !== null) render(<AccountPage key={takeToken() ?? 'none'} />, root)
}

window.addEventListener('hashchange', () => {
  if (location.hash !== '') show()
})
show()

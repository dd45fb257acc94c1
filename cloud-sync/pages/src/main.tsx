import { render } from 'preact'
import { AccountPage } from './account-page.tsx'
import { takeSignInSecret } from './address.ts'

const root = document.getElementById('page')

/** A link opened in the same tab changes the fragment only; it may be another account then. */
function show() {
  const secret = takeSignInSecret()
  if (root !== null) render(<AccountPage key={secret ?? 'none'} secret={secret} />, root)
}

window.addEventListener('hashchange', () => {
  if (location.hash !== '') show()
})
show()

import { useState } from 'preact/hooks'
import { ask, Refused, SignInAgain } from '../service.ts'
import { SignIn } from '../sign-in.tsx'
import './own-data.css'

/** What is kept about the shopper, to take along and to erase. */
export function OwnData() {
  const [said, setSaid] = useState('')
  const [again, setAgain] = useState(false)
  const attempt = (work: () => Promise<void>) =>
    void work().catch((error: unknown) => {
      if (error instanceof SignInAgain) setAgain(true)
      else if (error instanceof Refused) setSaid(`That was not possible: ${error.message}.`)
      else setSaid('That did not work. Try again.')
    })
  return (
    <section class="card own-data" aria-labelledby="own-data">
      <h2 id="own-data">Your data</h2>
      <p class="quiet">
        The shop keeps no pictures and no card numbers. What it does keep, where and how long, it can tell you.
      </p>
      <button type="button" class="button" onClick={() => attempt(download)}>
        Download everything
      </button>
      <details>
        <summary>Erase my account</summary>
        <p class="quiet">
          At once you are signed out everywhere, your phones and passkeys are deleted, and you cannot get into a shop
          with this account any more. If you are in a shop now, what you take is still charged. A day later, two at
          most, your name, e-mail address and way to pay are deleted by themselves. Only if a payment fails until then
          does that wait until it is paid; you can sign in by e-mail to pay.
        </p>
        <p class="quiet">
          Receipts stay for up to ten years, as tax law wants, but without your name. A refund that has not reached you
          is still owed, but the store cannot tell any more whose it is: have it paid first. Nobody can bring the
          account back.
        </p>
        {again ? (
          <SignIn why="again" onDone={() => setAgain(false)} />
        ) : (
          <button type="button" class="button danger" onClick={() => attempt(erase)}>
            Erase it for ever
          </button>
        )}
      </details>
      <p role="status">{said}</p>
    </section>
  )
}

async function download(): Promise<void> {
  const all = await ask<object>('/v1/me/export')
  const file = URL.createObjectURL(new Blob([JSON.stringify(all, null, 1)], { type: 'application/json' }))
  const link = Object.assign(document.createElement('a'), { href: file, download: 'tillfree-account.json' })
  link.click()
  URL.revokeObjectURL(file)
}

async function erase(): Promise<void> {
  await ask('/v1/me', { method: 'DELETE' })
  location.reload()
}

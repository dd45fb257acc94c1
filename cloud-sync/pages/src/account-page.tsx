import { BillCard } from './bill-card.tsx'
import { EntryCard } from './entry/entry-card.tsx'
import { OwnAccess } from './own-access.tsx'
import { PaymentMethodCard } from './payment-method.tsx'
import { OwnData } from './privacy/own-data.tsx'
import { SignIn } from './sign-in.tsx'
import { type AccountActs, type AccountState, useAccount } from './use-account.ts'
import './theme.css'
import './account.css'

/** `secret`: of the sign-in link by which the page was opened, if it was. */
export function AccountPage({ secret }: { readonly secret: string | null }) {
  const { state, acts } = useAccount(secret)
  return (
    <>
      <header class="top">
        <img src="/favicon.svg" alt="" width="32" height="32" />
        <h1>{state.account === null ? 'Your account' : `Hello, ${state.account.name}`}</h1>
        {state.account !== null && (
          <button type="button" class="button" onClick={acts.signOut}>
            Sign out
          </button>
        )}
      </header>
      <main>
        <div role="status">
          {!state.reachable && (
            <p class="notice">
              The account service cannot be reached at the moment.
              {state.account !== null && ' This is what was last known.'} The page keeps trying.
            </p>
          )}
        </div>
        <Content state={state} acts={acts} />
      </main>
    </>
  )
}

interface Props {
  readonly state: AccountState
  readonly acts: AccountActs
}

function Content({ state, acts }: Props) {
  switch (state.access) {
    case 'signed-out':
      return <SignIn why="none" onDone={acts.signedIn} />
    case 'leaving':
      return (
        <p class="card empty">
          {state.reachable
            ? 'Signing out …'
            : 'You are signed out here, and nothing of your account is left on this page. Leave it open until the account service knows, too.'}
        </p>
      )
    case 'bad-link':
      return <SignIn why="bad-link" onDone={acts.signedIn} />
    case 'loading':
      return <p class="card empty">{state.reachable ? 'Loading your account …' : 'Your account appears here.'}</p>
    case 'open':
      return <Account state={state} acts={acts} />
  }
}

function Account({ state, acts }: Props) {
  const { account, method, bills, next, refused } = state
  return (
    <div class="columns">
      <div class="way-in">{account !== null && <EntryCard key={account.id} account={account} />}</div>
      <section class="bills" aria-labelledby="bills">
        <h2 id="bills">Your bills</h2>
        <p class="unseen" aria-live="polite">
          {bills.length === 1 ? '1 bill' : `${bills.length} bills`}
        </p>
        <div role="alert">{refused !== null && <p class="notice bad">That was not possible: {refused}.</p>}</div>
        {bills.length === 0 && (
          <div class="card empty">
            <h3>No bills yet</h3>
            <p>After you leave the store, your bill appears here by itself, usually within seconds.</p>
          </div>
        )}
        <ol>
          {bills.map((bill, i) => (
            <BillCard key={bill.id} bill={bill} open={i === 0} onPay={acts.pay} />
          ))}
        </ol>
        {next !== null && (
          <button type="button" class="button" onClick={acts.loadOlder}>
            Show older bills
          </button>
        )}
      </section>
      <div class="side">
        {method !== null && <PaymentMethodCard method={method} onChoose={acts.choose} onOpenPage={acts.openPage} />}
        {account !== null && <OwnAccess account={account} onRename={acts.rename} onSignedOut={acts.signedOut} />}
        {account !== null && <OwnData />}
      </div>
    </div>
  )
}

import { render } from 'preact'
import './styles/tokens.css'
import './styles/base.css'
import { App } from './app.tsx'
import { openChat } from './state/chat.ts'
import { guestName } from './state/guest.ts'
import { place } from './state/place.ts'
import { askWelcome, isSignedIn, welcome } from './state/session.ts'

render(<App />, document.getElementById('app') as HTMLElement)
await begin()

async function begin(): Promise<void> {
	const { at } = place.value
	if (at === 'setup' || at === 'invite') return
	if (isSignedIn()) return openChat()
	await askWelcome()
	if (isSignedIn() || (welcome.value?.guests && guestName() !== undefined)) openChat()
}

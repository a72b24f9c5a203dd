import { render } from 'preact'
import './styles/tokens.css'
import './styles/base.css'
import { App } from './app.tsx'
import { followWorker } from './service-worker/register.ts'
import { showBadge } from './state/badge.ts'
import { openChat } from './state/chat.ts'
import { guestName } from './state/guest.ts'
import { tellActivity } from './state/idle.ts'
import './state/gone-people.ts'
import { beginKept, startKeeping } from './state/kept.ts'
import { forgetKept } from './state/kept-store.ts'
import { startNotifying } from './state/notifying.ts'
import { place } from './state/place.ts'
import { askWelcome, isSignedIn } from './state/session.ts'
import { timelineOf } from './state/timelines.ts'

followWorker()
render(<App />, document.getElementById('app') as HTMLElement)
await begin()

async function begin(): Promise<void> {
	const { at } = place.value
	if (at === 'setup' || at === 'invite') return
	if (!isSignedIn() && guestName() === undefined) await askWelcome()
	if (isSignedIn() || guestName() !== undefined) enter()
	else await forgetKept()
}

/** Begins to chat. */
function enter(): void {
	openChat(beginKept)
	startKeeping(timelineOf)
	startNotifying()
	showBadge()
	tellActivity()
}

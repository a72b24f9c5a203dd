import { useLayoutEffect } from 'preact/hooks'
import { DialogLayer } from '../dialogs/dialog-layer.tsx'
import { useLater } from '../later/use-later.ts'
import { Panel } from '../panels/panel.tsx'
import { Room } from '../room/room.tsx'
import { Sidebar } from '../sidebar/sidebar.tsx'
import { useKeys } from '../state/keys.ts'
import { addressOf, go, place } from '../state/place.ts'
import { Notice } from '../ui/notice.tsx'
import { Banner } from './banner.tsx'
import './workspace.css'

/** Where one chats: the rooms, one of them, and what belongs to it. */
export function Workspace() {
	useKeys()
	const later = useLater()
	const here = place.value
	const isRoom = here.at === 'room'
	// Not later: by then one may be elsewhere, and would be brought back.
	useLayoutEffect(() => {
		// The address says at once where one is, so that it can be given to others.
		if (isRoom && !location.pathname.startsWith('/chat/')) go(addressOf(here.room), { replace: true })
	})
	return (
		<div class="workspace" data-at={here.at}>
			<Banner />
			<Sidebar />
			{isRoom && <Room key={`${here.room} ${here.moment === undefined ? 'now' : 'then'}`} place={here} />}
			{isRoom && <Panel place={here} />}
			{here.at === 'settings' &&
				(later === undefined ? <main aria-busy="true" /> : <later.Settings section={here.section} />)}
			{here.at === 'rooms' && (
				<main class="nowhere">
					<h1>Choose a room to read it.</h1>
				</main>
			)}
			<DialogLayer />
			<Notice />
		</div>
	)
}

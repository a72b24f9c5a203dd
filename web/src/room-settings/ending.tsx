import type { ComponentChildren } from 'preact'
import type { WholeRoom } from '../../../src/client/browser.ts'
import { pathOf } from '../../../src/client/server.ts'
import { chat } from '../state/chat.ts'
import { closing, dialog } from '../state/layers.ts'
import { orSay, say } from '../state/notices.ts'
import { isGuest } from '../state/rights.ts'
import { titleOf } from '../state/unread.ts'
import { Button } from '../ui/button.tsx'
import { leaving } from './leaving.ts'

/** Leaving a room, putting it away, and emptying it. */
export function Ending({ room: shown, isMine }: { room: WholeRoom; isMine: boolean }) {
	const { room, role, visibility, archived } = shown
	const name = titleOf(shown)
	const leave = async () => {
		if (visibility === 'private') {
			dialog.value = leaving(room, name)
			return
		}
		await orSay(chat.leave(room).then(closing()))
	}
	const archive = () =>
		orSay(
			chat
				.ask('PUT', pathOf(room), { archived: !archived })
				.then(() => say(archived ? `${name} is open again.` : `${name} is archived.`)),
		)
	const clear = () => {
		dialog.value = {
			name: 'confirm',
			title: `Erase all messages of ${name}`,
			hint: 'Everything that was said here is erased, for everybody and for good. Nobody can bring it back.',
			action: 'Erase all messages',
			confirmed: async () => {
				await chat.clearHistory(room)
				say('All messages are erased.')
			},
		}
	}
	const canLeave = role !== undefined && !isGuest()
	if (!canLeave && !isMine) return null
	return (
		<section>
			<ul class="room-settings-ends">
				{canLeave && (
					<End title="Leave" hint="You hear nothing of it any more.">
						<Button onClick={leave}>Leave the room</Button>
					</End>
				)}
				{isMine && room !== 'general' && (
					<End
						title={archived ? 'Bring it back' : 'Archive'}
						hint={archived ? 'People can write again.' : 'It can be read, and nothing is said in it any more.'}
					>
						<Button onClick={archive}>{archived ? 'Bring the room back' : 'Archive the room'}</Button>
					</End>
				)}
				{isMine && (
					<End title="Erase all messages" hint="For everybody, and for good.">
						<Button kind="danger" onClick={clear}>
							Erase all messages …
						</Button>
					</End>
				)}
			</ul>
		</section>
	)
}

function End({ title, hint, children }: { title: string; hint: string; children: ComponentChildren }) {
	return (
		<li>
			<div>
				<h3>{title}</h3>
				<p>{hint}</p>
			</div>
			{children}
		</li>
	)
}

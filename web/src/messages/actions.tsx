import { Ellipsis, Pencil, Reply, SmilePlus, Trash } from 'lucide'
import { useRef } from 'preact/hooks'
import type { ShownMessage } from '../../../src/client/browser.ts'
import { EmojiButton } from '../emoji/emoji-button.tsx'
import { quickEmoji, usedEmoji } from '../emoji/recent.ts'
import { IconButton } from '../ui/button.tsx'
import { Menu } from '../ui/menu.tsx'
import './actions.css'
import { askToDelete } from './deleting.ts'
import { beginEditing, type Where } from './editing.ts'
import { useFocusHeir } from './focus-heir.ts'
import { itemsOf, reply } from './message-menu.ts'
import { pressed } from './pointed.ts'
import { toggleReaction } from './reacting.ts'
import { rightsTo } from './rights.ts'

interface ActionsProps {
	message: ShownMessage
	where: Where
	/** Its row, as in `pointed`. */
	row: string
}

/** What can be done with a message; there while one points at it, or has the focus in it. */
export function Actions({ message, where, row }: ActionsProps) {
	const bar = useRef<HTMLDivElement>(null)
	useFocusHeir(bar)
	const rights = rightsTo(message)
	const react = (emoji: string) => toggleReaction(message, emoji)
	return (
		<div ref={bar} class="message-actions">
			<div role="toolbar" aria-label="What to do with it">
				{rights.speak && <QuickReactions react={react} />}
				{rights.speak && <EmojiButton label="React" icon={SmilePlus} pick={react} />}
				{rights.speak && <IconButton icon={Reply} label="Reply" onClick={() => reply(message, where)} />}
				{rights.edit && (
					<span class="not-on-phones">
						<IconButton icon={Pencil} label="Edit" onClick={() => beginEditing(message.id, where)} />
					</span>
				)}
				{rights.delete && (
					<span class="not-on-phones">
						<IconButton icon={Trash} label="Delete" onClick={() => askToDelete(message)} />
					</span>
				)}
				<Menu
					label="More"
					icon={Ellipsis}
					items={() => itemsOf(message, where)}
					openedBy={pressed.value.row === row ? pressed.value : undefined}
				/>
			</div>
		</div>
	)
}

function QuickReactions({ react }: { react: (emoji: string) => void }) {
	// They do not change their places while one looks at them.
	const emoji = useRef(quickEmoji()).current
	return emoji.map((emoji) => (
		<button
			key={emoji}
			type="button"
			class="icon-button"
			aria-label={`React with ${emoji}`}
			title={`React with ${emoji}`}
			onClick={() => {
				usedEmoji(emoji)
				react(emoji)
			}}
		>
			{emoji}
		</button>
	))
}

import { Hash, Lock, NotebookPen, Pencil } from 'lucide'
import { presenceOf } from '../state/chat.ts'
import { addressOf, place } from '../state/place.ts'
import { Icon } from '../ui/icon.tsx'
import { PresenceDot } from '../ui/presence-dot.tsx'

interface RoomLinkProps {
	room: string
	title: string
	visibility: 'open' | 'private' | 'direct'
	/** What one writes to oneself: nobody is online there. */
	isNotebook?: boolean
	unread?: number
	mentions?: number
	/** How much of it calls upon one: shown as a number. */
	calls?: number
	/** Something is written there that is not said yet. */
	hasDraft?: boolean
}

/** A room, with what is unread in it: in its name too, for who listens. */
export function RoomLink(props: RoomLinkProps) {
	const { room, title, visibility, isNotebook, unread = 0, mentions = 0, calls = 0 } = props
	const here = place.value
	const isHere = here.at === 'room' && here.room === room
	// Where one is, one sees what is written.
	const hasDraft = props.hasDraft && !isHere
	const state = visibility === 'direct' && !isNotebook ? presenceOf(room.slice(1)) : undefined
	return (
		<li>
			<a
				href={addressOf(room)}
				class="room-link"
				title={title}
				aria-label={[title, ...unreadWords(unread, mentions), state, hasDraft && 'draft'].filter(Boolean).join(', ')}
				data-unread={unread > 0 || undefined}
				aria-current={isHere ? 'page' : undefined}
			>
				{state ? (
					<span aria-hidden="true">
						<PresenceDot state={state} />
					</span>
				) : (
					<Icon of={isNotebook ? NotebookPen : visibility === 'private' ? Lock : Hash} size={16} />
				)}
				<span class="room-link-name" dir="auto">
					{title}
				</span>
				{hasDraft && <Icon of={Pencil} size={13} />}
				{calls > 0 && <span class="room-link-count" data-count={calls > 99 ? '99+' : calls} />}
			</a>
		</li>
	)
}

function unreadWords(unread: number, mentions: number): string[] {
	if (unread === 0) return []
	return [`${unread} unread`, ...(mentions === 0 ? [] : [`${mentions} ${mentions === 1 ? 'mention' : 'mentions'}`])]
}

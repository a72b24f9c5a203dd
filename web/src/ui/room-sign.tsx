import { Archive, Hash, Lock } from 'lucide'
import { Icon } from './icon.tsx'

interface RoomSignProps {
	/** Undefined: not known yet. */
	visibility: 'open' | 'private' | 'direct' | undefined
	isArchived?: boolean | undefined
}

/** What kind of a room it is, at a glance. */
export function RoomSign({ visibility, isArchived }: RoomSignProps) {
	const isPrivate = visibility === 'private'
	return (
		<>
			<Icon of={isArchived ? Archive : isPrivate ? Lock : Hash} size={16} />
			{(isPrivate || isArchived) && <span class="unseen">{isArchived ? 'archived ' : 'private '}</span>}
		</>
	)
}

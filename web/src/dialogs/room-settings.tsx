import { About } from '../room-settings/about.tsx'
import { Ending } from '../room-settings/ending.tsx'
import { FromTerminal } from '../room-settings/from-terminal.tsx'
import { Kept } from '../room-settings/kept.tsx'
import { Sanctions } from '../room-settings/sanctions.tsx'
import { governs } from '../state/rights.ts'
import { titleOf } from '../state/unread.ts'
import { useRoom } from '../state/visited.ts'
import { Dialog } from '../ui/dialog.tsx'
import './room-settings.css'

/** What a room is; who may, changes it. */
export default function RoomSettings({ room, close }: { room: string; close: () => void }) {
	const shown = useRoom(room)
	if (shown === undefined) {
		return (
			<Dialog title="About this room" close={close}>
				<p>There is no such room, or you cannot see it any more.</p>
			</Dialog>
		)
	}
	const isMine = governs(shown)
	return (
		<Dialog title={`About ${titleOf(shown)}`} size="wide" close={close}>
			<div class="room-settings">
				<About room={shown} isMine={isMine} />
				<Kept room={shown} isMine={isMine} />
				{isMine && <Sanctions room={room} />}
				<FromTerminal room={room} />
				<Ending room={shown} isMine={isMine} />
			</div>
		</Dialog>
	)
}

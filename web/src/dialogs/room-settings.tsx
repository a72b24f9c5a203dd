import { Dialog } from '../ui/dialog.tsx'

export default function Placeholder({ close }: { close: () => void }) {
	return (
		<Dialog title="room-settings" close={close}>
			{null}
		</Dialog>
	)
}

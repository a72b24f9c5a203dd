import { Dialog } from '../ui/dialog.tsx'

export default function Placeholder({ close }: { close: () => void }) {
	return (
		<Dialog title="new-room" close={close}>
			{null}
		</Dialog>
	)
}

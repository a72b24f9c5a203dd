import { Dialog } from '../ui/dialog.tsx'

export default function Placeholder({ close }: { close: () => void }) {
	return (
		<Dialog title="browse" close={close}>
			{null}
		</Dialog>
	)
}

import { Dialog } from '../ui/dialog.tsx'

export default function Placeholder({ close }: { close: () => void }) {
	return (
		<Dialog title="new-direct" close={close}>
			{null}
		</Dialog>
	)
}

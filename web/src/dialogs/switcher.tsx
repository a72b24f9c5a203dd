import { Dialog } from '../ui/dialog.tsx'

export default function Placeholder({ close }: { close: () => void }) {
	return (
		<Dialog title="switcher" close={close}>
			{null}
		</Dialog>
	)
}

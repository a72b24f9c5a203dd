import type { ComponentType } from 'preact'
import { useLater } from '../later/use-later.ts'
import { closing, dialog, type OpenDialog } from '../state/layers.ts'

/** The dialog that is open, if there is one. */
export function DialogLayer() {
	const later = useLater()
	const opened = dialog.value
	if (opened === undefined || later === undefined) return null
	const One = later.dialogs[opened.name] as ComponentType<OpenDialog & { close: () => void }>
	return <One key={opened.name} {...opened} close={closing()} />
}

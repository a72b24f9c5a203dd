import { type ComponentType, lazy, Suspense } from 'preact/compat'
import { closeDialog, dialog, type OpenDialog } from '../state/layers.ts'

type DialogOf<Name extends OpenDialog['name']> = Extract<OpenDialog, { name: Name }> & { close: () => void }

/** Each is loaded when it is opened for the first time. */
const dialogs: { [Name in OpenDialog['name']]: ComponentType<DialogOf<Name>> } = {
	switcher: lazy(() => import('./switcher.tsx')),
	browse: lazy(() => import('./browse.tsx')),
	'new-room': lazy(() => import('./new-room.tsx')),
	'new-direct': lazy(() => import('./new-direct.tsx')),
	'room-settings': lazy(() => import('./room-settings.tsx')),
	keys: lazy(() => import('./keys.tsx')),
	confirm: lazy(() => import('./confirm.tsx')),
}

/** The dialog that is open, if there is one. */
export function Dialogs() {
	const opened = dialog.value
	if (opened === undefined) return null
	const One = dialogs[opened.name] as ComponentType<OpenDialog & { close: () => void }>
	return (
		<Suspense fallback={null}>
			<One key={opened.name} {...opened} close={closeDialog} />
		</Suspense>
	)
}

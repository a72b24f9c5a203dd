import type { ComponentType } from 'preact'
import type { OpenDialog } from '../state/layers.ts'
import Browse from './browse.tsx'
import Confirm from './confirm.tsx'
import Keys from './keys.tsx'
import NewDirect from './new-direct.tsx'
import NewRoom from './new-room.tsx'
import RoomSettings from './room-settings.tsx'
import Switcher from './switcher.tsx'

type DialogOf<Name extends OpenDialog['name']> = Extract<OpenDialog, { name: Name }> & { close: () => void }

/** All that there are, by their names. */
export const dialogs: { [Name in OpenDialog['name']]: ComponentType<DialogOf<Name>> } = {
	switcher: Switcher,
	browse: Browse,
	'new-room': NewRoom,
	'new-direct': NewDirect,
	'room-settings': RoomSettings,
	keys: Keys,
	confirm: Confirm,
}

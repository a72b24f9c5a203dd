import type { IconNode } from 'lucide'
import { useLayoutEffect } from 'preact/hooks'
import { IconButton } from './button.tsx'
import { Icon } from './icon.tsx'
import './menu.css'
import { useMenuKeys } from './menu-keys.ts'
import { Popover, useOpener } from './popover.tsx'

export interface MenuItem {
	label: string
	icon?: IconNode
	/** `danger`: what cannot be undone. */
	kind?: 'danger'
	/** When it is called the menu is closed, and the focus on its button. */
	choose: () => void
}

interface MenuProps {
	/** What its button is called. */
	label: string
	icon: IconNode
	/** Read when it is opened. */
	items: () => readonly MenuItem[]
	/** Each new object opens it, beside the button: a finger that has rested where the menu belongs to. */
	openedBy?: object | undefined
}

/** A button that opens a menu. */
export function Menu({ label, icon, items, openedBy }: MenuProps) {
	const opener = useOpener()
	const onKeyDown = useMenuKeys()
	useLayoutEffect(() => {
		if (openedBy !== undefined) opener.open()
	}, [openedBy])
	return (
		<>
			<IconButton {...opener.button} icon={icon} label={label} aria-haspopup="menu" />
			{opener.isOpen && (
				<Popover
					opener={opener}
					role="menu"
					aria-label={label}
					class="menu"
					first="[role=menuitem]"
					onKeyDown={onKeyDown}
				>
					{items().map(({ label, icon, kind, choose }) => (
						<button
							key={label}
							type="button"
							role="menuitem"
							tabIndex={-1}
							data-kind={kind}
							onPointerMove={({ currentTarget }) => currentTarget.focus({ preventScroll: true })}
							onClick={() => {
								opener.close()
								opener.button.ref.current?.focus({ preventScroll: true })
								choose()
							}}
						>
							{icon && <Icon of={icon} size={16} />}
							{label}
						</button>
					))}
				</Popover>
			)}
		</>
	)
}

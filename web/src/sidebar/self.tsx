import { Keyboard, LogOut, Settings } from 'lucide'
import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { me, presenceOf } from '../state/chat.ts'
import { setGuestName } from '../state/guest.ts'
import { dialog } from '../state/layers.ts'
import { orSay } from '../state/notices.ts'
import { displayNameOf } from '../state/people.ts'
import { choosePresence } from '../state/presence.ts'
import { beginAnew, signOut } from '../state/session.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Icon } from '../ui/icon.tsx'
import { PresenceDot } from '../ui/presence-dot.tsx'

/** Who one is here, and what one can do about it. */
export function Self() {
	const menu = useRef<HTMLDivElement>(null)
	const { name = '', role } = me.value ?? {}
	const isGuest = role === 'guest'
	const called = isGuest ? name : displayNameOf(name)
	const state = presenceOf(name)
	const item = (icon: typeof Settings, text: string, chosen: () => unknown) => (
		<MenuButton
			onClick={() => {
				menu.current?.hidePopover()
				chosen()
			}}
		>
			<Icon of={icon} size={16} />
			{text}
		</MenuButton>
	)
	return (
		<footer class="sidebar-foot">
			<button type="button" class="self" popovertarget="self-menu">
				<Avatar name={name} called={called} />
				<span>
					<span class="unseen">You: </span>
					<strong dir="auto">{called}</strong>
					<small>
						<span aria-hidden="true">
							<PresenceDot state={state} />
						</span>
						{isGuest ? 'guest' : state}
					</small>
				</span>
			</button>
			<div ref={menu} id="self-menu" class="self-menu" popover="auto">
				{(['online', 'away'] as const).map((choice) => (
					<MenuButton
						key={choice}
						isPressed={choice === state}
						onClick={() => {
							menu.current?.hidePopover()
							void choosePresence(choice)
						}}
					>
						<PresenceDot state={choice} />
						{choice === 'online' ? 'Online' : 'Away'}
					</MenuButton>
				))}
				<hr />
				{!isGuest && (
					<a href="/settings/profile" onClick={() => menu.current?.hidePopover()}>
						<Icon of={Settings} size={16} />
						Settings
					</a>
				)}
				{item(Keyboard, 'Keys', () => (dialog.value = { name: 'keys' }))}
				<hr />
				{isGuest ? item(LogOut, 'Leave, or sign in', leave) : item(LogOut, 'Sign out', () => orSay(signOut()))}
			</div>
		</footer>
	)
}

interface MenuButtonProps {
	/** Of one of several choices: whether it is the one. */
	isPressed?: boolean
	onClick: () => void
	children: ComponentChildren
}

function MenuButton({ isPressed, onClick, children }: MenuButtonProps) {
	return (
		<button type="button" aria-pressed={isPressed} onClick={onClick}>
			{children}
		</button>
	)
}

/** A guest is asked for a name again, and can sign in there. */
function leave(): void {
	setGuestName(undefined)
	beginAnew()
}

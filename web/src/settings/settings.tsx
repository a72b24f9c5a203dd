import { ArrowLeft, ChevronRight } from 'lucide'
import { useEffect, useRef } from 'preact/hooks'
import { isPhone } from '../state/device.ts'
import { isFreeEscape } from '../state/keys.ts'
import { go } from '../state/place.ts'
import { Icon } from '../ui/icon.tsx'
import { chatAddress } from './chat-address.ts'
import { GuestPage } from './guest-page.tsx'
import { ownSections } from './sections.ts'
import './settings.css'

/** Oneself, and what one administers; by sections. An empty one is the list of them, where there is no room for both. */
export default function Settings({ section }: { section: string }) {
	useEscape()
	const sections = ownSections()
	const [first] = sections
	const shown = sections.find(({ name }) => name === section) ?? first
	const heading = useHeading(section)
	if (shown === undefined) return <GuestPage />
	const { title, hint, Content } = shown
	return (
		<main class="settings" data-list={section === '' || undefined}>
			<nav class="settings-nav" aria-label="Settings">
				<a class="settings-back" href={chatAddress()}>
					<Icon of={ArrowLeft} /> Back to the chat
				</a>
				<h1>Settings</h1>
				<ul>
					{sections.map(({ name, title, icon }) => (
						<li key={name}>
							<a href={`/settings/${name}`} aria-current={name === shown.name ? 'page' : undefined}>
								<Icon of={icon} /> {title}
								<Icon of={ChevronRight} size={16} />
							</a>
						</li>
					))}
				</ul>
			</nav>
			<div class="settings-section">
				<a class="settings-back only-on-phones" href="/settings">
					<Icon of={ArrowLeft} /> Settings
				</a>
				<div class="settings-content">
					<header>
						<h1 ref={heading} tabIndex={-1} data-focus-home>
							{title}
						</h1>
						{hint && <p class="settings-hint">{hint}</p>}
					</header>
					<Content key={shown.name} />
				</div>
			</div>
		</main>
	)
}

/** Escape leads back to the chat. */
function useEscape(): void {
	useEffect(() => {
		const pressed = (event: KeyboardEvent) => {
			if (isFreeEscape(event)) go(chatAddress())
		}
		addEventListener('keydown', pressed)
		return () => removeEventListener('keydown', pressed)
	}, [])
}

/** Where what had the focus is gone, as on a phone with its list, one goes on at the top of what has come instead. */
function useHeading(section: string) {
	const heading = useRef<HTMLHeadingElement>(null)
	useEffect(() => {
		const isLost = document.activeElement?.checkVisibility() !== true || document.activeElement === document.body
		if (isPhone() || isLost) heading.current?.focus({ preventScroll: true })
	}, [section])
	return heading
}

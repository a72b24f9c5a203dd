import './avatar.css'
import { lettersOf } from './letters.ts'

interface AvatarProps {
	/** Of the account, or of a guest: it has the colour. */
	name: string
	/** What they are called to people. */
	called: string
	size?: 'small' | 'medium'
}

/** The two letters and the colour by which somebody is known at a glance. Who it is, is said beside it. */
export function Avatar({ name, called, size = 'medium' }: AvatarProps) {
	return (
		<span class={`avatar ${size}`} style={{ '--hue': hueOf(name) }} aria-hidden="true">
			{lettersOf(called)}
		</span>
	)
}

/** The same name has the same colour everywhere. */
function hueOf(name: string): number {
	let hash = 7
	for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 997
	return (hash * 137) % 360
}

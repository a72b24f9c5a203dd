import './avatar.css'

/** The two letters and the colour by which somebody is known at a glance. Who it is, is said beside it. */
export function Avatar({ name, size = 'medium' }: { name: string; size?: 'small' | 'medium' }) {
	return (
		<span class={`avatar ${size}`} style={{ '--hue': hueOf(name) }} aria-hidden="true">
			{lettersOf(name)}
		</span>
	)
}

/** The same name has the same colour everywhere. */
function hueOf(name: string): number {
	let hash = 7
	for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 997
	return (hash * 137) % 360
}

function lettersOf(name: string): string {
	const words = name.split(/[._-]+/).filter((word) => word !== '')
	const [first = '', second] = words
	return (second === undefined ? first.slice(0, 2) : `${first[0]}${second[0]}`).toUpperCase()
}

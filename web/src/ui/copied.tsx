import { useRef, useState } from 'preact/hooks'
import { Button } from './button.tsx'
import './copied.css'

/** A text to take along, with a button that copies it. `label` says what it is. */
export function Copied({ text, label }: { text: string; label: string }) {
	const code = useRef<HTMLElement>(null)
	const [said, setSaid] = useState('Copy')
	const copy = async () => {
		const element = code.current as HTMLElement
		getSelection()?.selectAllChildren(element)
		setSaid((await copyText(text)) ? 'Copied' : 'Selected')
	}
	return (
		<div class="copied">
			<code ref={code}>{text}</code>
			<Button aria-label={`${said} ${label}`} onClick={copy}>
				{said}
			</Button>
		</div>
	)
}

/** Without https there is no clipboard but for what is selected. */
export function copyText(text: string): Promise<boolean> {
	if (navigator.clipboard === undefined) return Promise.resolve(document.execCommand('copy'))
	return navigator.clipboard.writeText(text).then(
		() => true,
		() => false,
	)
}

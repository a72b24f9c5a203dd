import { useRef, useState } from 'preact/hooks'
import { Button } from './button.tsx'
import './copied.css'
import { copyText } from './copy-text.ts'

/** A text to take along, with a button that copies it. `label` says what it is. */
export function Copied({ text, label }: { text: string; label: string }) {
	const code = useRef<HTMLElement>(null)
	const [said, setSaid] = useState('Copy')
	const copy = async () => setSaid((await copyText(text, code.current)) ? 'Copied' : 'Selected')
	return (
		<div class="copied">
			<code ref={code}>{text}</code>
			<Button aria-label={`${said} ${label}`} onClick={copy}>
				{said}
			</Button>
		</div>
	)
}

import { useRef, useState } from 'preact/hooks'
import { copyText } from '../ui/copy-text.ts'

/** How long it says that it has copied. */
const saidMs = 2_000

/** Text that is not broken into other lines, and can be copied at once. */
export function CodeBlock({ language, text }: { language: string; text: string }) {
	const code = useRef<HTMLElement>(null)
	const [said, setSaid] = useState('Copy')
	const copy = async () => {
		setSaid((await copyText(text, code.current)) ? 'Copied' : 'Selected')
		setTimeout(setSaid, saidMs, 'Copy')
	}
	return (
		<figure class="code-block">
			<figcaption>
				<bdi>{language}</bdi>
				<button type="button" aria-label={`${said} code`} onClick={copy}>
					{said}
				</button>
			</figcaption>
			{/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide one is scrolled with the arrow keys */}
			<pre dir="auto" tabIndex={0}>
				<code ref={code}>{text}</code>
			</pre>
		</figure>
	)
}

import { useRef, useState } from 'preact/hooks'

type State = 'idle' | 'copied' | 'selected'

const labels: Record<State, string> = { idle: 'Copy', copied: 'Copied', selected: 'Selected' }

/** How long it says that it has copied. */
const saidMs = 2_000

/** Text that is not broken into other lines, and can be copied at once. */
export function CodeBlock({ language, text }: { language: string; text: string }) {
	const code = useRef<HTMLElement>(null)
	const [state, setState] = useState<State>('idle')
	const copy = async () => {
		setState((await isCopied(text)) || code.current === null ? 'copied' : select(code.current))
		setTimeout(() => setState('idle'), saidMs)
	}
	return (
		<figure class="code-block">
			<figcaption>
				<bdi>{language}</bdi>
				<button type="button" aria-label={`${labels[state]} code`} onClick={copy}>
					{labels[state]}
				</button>
			</figcaption>
			{/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide one is scrolled with the arrow keys */}
			<pre dir="auto" tabIndex={0}>
				<code ref={code}>{text}</code>
			</pre>
		</figure>
	)
}

/** Without https a browser has no clipboard for a page, and with it somebody may forbid it. */
async function isCopied(text: string): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text)
		return true
	} catch {
		return false
	}
}

/** Leaves only the two keys to be pressed. */
function select(element: HTMLElement): State {
	getSelection()?.selectAllChildren(element)
	return 'selected'
}

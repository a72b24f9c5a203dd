import { useEffect, useState } from 'preact/hooks'
import { dialog } from '../state/layers.ts'
import { Button } from '../ui/button.tsx'
import { Copied } from '../ui/copied.tsx'
import { Part } from './part.tsx'

/** What this is, and how else it can be used. */
export function About() {
	const manual = useManual()
	const version = /^Tailroom (\S+):/.exec(manual)?.[1]
	return (
		<>
			<p>
				{version && (
					<>
						<strong>Tailroom {version}</strong>
						{'. '}
					</>
				)}
				A chat of your own. All that happens is kept in one ordered log, so nothing that was said is lost, and what is
				erased is gone.
			</p>
			<Part title="Keys" hint="Everything here can be done without a mouse.">
				<div>
					<Button onClick={() => (dialog.value = { name: 'keys' })}>Show all keys</Button>
				</div>
			</Part>
			<Part
				title="From a terminal"
				hint="Whatever this page does, a script can do too. This prints a manual of one screen:"
			>
				<Copied text={`curl ${location.origin}`} label="command" />
				{manual !== '' && (
					<details class="more">
						<summary>Show the manual here</summary>
						{/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
						<pre class="curl-manual" tabIndex={0}>
							{manual}
						</pre>
					</details>
				)}
			</Part>
		</>
	)
}

/** What the server tells who comes with curl; its first line says the version. Empty until it is here. */
function useManual(): string {
	const [manual, setManual] = useState('')
	useEffect(() => {
		fetch('/', { headers: { Accept: 'text/plain' } }).then(
			async (response) => response.ok && setManual(await response.text()),
			() => {},
		)
	}, [])
	return manual
}

import { useEffect, useState } from 'preact/hooks'
import type { ShownMessage } from '../../../src/client/browser.ts'
import { pathOf } from '../../../src/client/server.ts'
import { chat } from '../state/chat.ts'
import { Popover, useOpener } from '../ui/popover.tsx'
import { wholeTime } from '../ui/time.ts'
import './earlier-texts.css'
import { whyNot } from './why-not.ts'

interface SaidText {
	content: string
	timestamp: number
	position: number
}

/** That a message was edited, and when; what it said before is behind it. */
export function Edited({ message }: { message: ShownMessage }) {
	const opener = useOpener()
	return (
		<>
			<button
				{...opener.button}
				type="button"
				class="edited"
				aria-haspopup="dialog"
				title={`Edited ${wholeTime(message.editedAtMs as number)}. Show what it said before`}
			>
				(edited)
			</button>
			{opener.isOpen && (
				<Popover opener={opener} role="dialog" aria-label="Earlier texts" class="earlier-texts">
					<EarlierTexts message={message} />
				</Popover>
			)}
		</>
	)
}

function EarlierTexts({ message: { room, id, editedAtMs } }: { message: ShownMessage }) {
	const [texts, setTexts] = useState<readonly SaidText[]>()
	const [problem, setProblem] = useState('')
	useEffect(() => {
		chat.ask<{ edits?: SaidText[] }>('GET', pathOf(room, 'messages', id)).then(
			// The last one is what it says now.
			({ edits = [] }) => setTexts(edits.slice(0, -1).reverse()),
			(error) => setProblem(whyNot(error, 'The earlier texts cannot be shown.')),
		)
	}, [editedAtMs])
	return (
		<>
			<h2>Before it was edited</h2>
			{problem && <p>{problem}</p>}
			<ol>
				{texts?.map(({ content, timestamp, position }) => (
					<li key={position}>
						<time dateTime={new Date(timestamp).toISOString()}>{wholeTime(timestamp)}</time>
						<p dir="auto">{content}</p>
					</li>
				))}
			</ol>
		</>
	)
}

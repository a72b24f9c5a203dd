import { useState } from 'preact/hooks'
import { chat } from '../state/chat.ts'
import { orSay } from '../state/notices.ts'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { wholeTime } from '../ui/time.ts'
import { agentWords } from './agent.ts'
import { Answered, useAsked } from './asked.tsx'
import { type AuditEntry, sentenceOf } from './audit-words.ts'
import { Things } from './things.tsx'

/** As many are asked for at a time. */
const limit = 100

/** What was done with accounts and rights, newest first. */
export function Audit() {
	const asked = useAsked<{ entries: AuditEntry[] }>(`/audit?limit=${limit}`)
	const [older, setOlder] = useState<AuditEntry[][]>([])
	const [sought, setSought] = useState('')
	return (
		<Answered asked={asked}>
			{(newest) => {
				const entries = [newest.entries, ...older].flat()
				const last = entries.at(-1)
				const isAll = (older.at(-1) ?? newest.entries).length < limit
				const more = async () => {
					const path = `/audit?limit=${limit}&before=${last?.position}`
					const page = await orSay(chat.ask<{ entries: AuditEntry[] }>('GET', path))
					if (page !== undefined) setOlder([...older, page.entries])
				}
				const lines = entries.map(lineOf).filter(({ text }) => text.includes(sought.trim().toLowerCase()))
				return (
					<>
						<Field
							label="Find"
							type="search"
							placeholder="A name, a room, “password”"
							hint={isAll ? undefined : `Among the newest ${entries.length}.`}
							onInput={(event) => setSought((event.target as HTMLInputElement).value)}
						/>
						<Things label="Audit" none="Nothing of that kind." of={lines}>
							{({ entry, sentence, from }) => (
								<li key={entry.position} class="audit-line">
									<time dateTime={new Date(entry.timestamp).toISOString()}>{wholeTime(entry.timestamp)}</time>
									<p>
										<span>{sentence}</span>
										{from && <small>{from}</small>}
									</p>
								</li>
							)}
						</Things>
						{!isAll && (
							<div>
								<Button onClick={more}>Show older</Button>
							</div>
						)}
					</>
				)
			}}
		</Answered>
	)
}

function lineOf(entry: AuditEntry) {
	const sentence = sentenceOf(entry)
	const { address, agent } = entry
	const from = address ? `${agentWords(agent ?? '')}, ${address}` : undefined
	return { entry, sentence, from, text: `${sentence} ${from} ${entry.type}`.toLowerCase() }
}

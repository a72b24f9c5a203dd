import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { isComposing } from '../ui/keyboard.ts'
import { type Emoji, loadEmoji, searchEmoji } from './emoji.ts'
import { moveInGrid } from './grid-keys.ts'
import './picker.css'
import { recentEmoji } from './recent.ts'

const columns = 8
const foundMax = 10 * columns

/** All emoji, those that were used last before the others, and a field that finds one by a word. */
export default function Picker({ pick }: { pick: (emoji: string) => void }) {
	const field = useRef<HTMLInputElement>(null)
	const grid = useRef<HTMLTableElement>(null)
	const [all, setAll] = useState<readonly Emoji[]>()
	const [problem, setProblem] = useState('')
	const [words, setWords] = useState('')
	useEffect(() => {
		field.current?.focus()
		loadEmoji().then(setAll, () => setProblem('The list of emoji cannot be had without a connection.'))
	}, [])
	const shown = useMemo(() => all && chosen(all, words.trim()), [all, words])
	const said = problem || (shown?.length === 0 ? 'There is none of that name.' : '')
	return (
		<div class="picker">
			<input
				ref={field}
				type="search"
				aria-label="Find an emoji"
				placeholder="Find an emoji"
				autocomplete="off"
				spellcheck={false}
				value={words}
				onInput={({ currentTarget }) => setWords(currentTarget.value)}
				onKeyDown={(event) => {
					if (isComposing(event)) return
					const [first] = grid.current?.querySelectorAll('button') ?? []
					if (event.key === 'ArrowDown') first?.focus()
					else if (event.key === 'Enter') first?.click()
					else return
					event.preventDefault()
				}}
			/>
			<p class="picker-said" aria-live="polite">
				{said}
			</p>
			<table
				ref={grid}
				class="picker-grid"
				// biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table that one goes through by keys is a grid
				role="grid"
				aria-label="Emoji"
				onKeyDown={(event) => moveInGrid(event, columns, field.current as HTMLElement)}
			>
				<tbody>
					{rowsOf(shown ?? []).map((row, index) => (
						<tr key={row[0]?.emoji}>
							{row.map(({ emoji, names: [name = ''] }, column) => (
								<td key={emoji}>
									<button
										type="button"
										tabIndex={index === 0 && column === 0 ? 0 : -1}
										aria-label={name.replaceAll('_', ' ')}
										title={`:${name}:`}
										onClick={() => pick(emoji)}
									>
										{emoji}
									</button>
								</td>
							))}
						</tr>
					))}
				</tbody>
			</table>
		</div>
	)
}

function chosen(all: readonly Emoji[], words: string): readonly Emoji[] {
	if (words !== '') return searchEmoji(all, words, foundMax)
	const recent = recentEmoji()
	const used = recent.flatMap((emoji) => all.find((other) => other.emoji === emoji) ?? [])
	return [...used, ...all.filter(({ emoji }) => !recent.includes(emoji))]
}

function rowsOf(shown: readonly Emoji[]): Emoji[][] {
	return Array.from({ length: Math.ceil(shown.length / columns) }, (_, row) =>
		shown.slice(row * columns, (row + 1) * columns),
	)
}

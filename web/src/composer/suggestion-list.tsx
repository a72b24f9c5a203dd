import { Hash, Lock, Users } from 'lucide'
import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { displayNameOf } from '../state/people.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Icon } from '../ui/icon.tsx'
import type { Completion } from './use-completion.ts'
import './suggestion-list.css'
import type { Suggestion } from './suggestions.ts'

interface SuggestionListProps {
	id: string
	completion: Completion
	/** Above which it stands. */
	above: RefObject<HTMLElement | null>
}

/** What could be meant by what is typed. The focus stays where one types. */
export function SuggestionList({ id, completion: { suggestions, active, pick }, above }: SuggestionListProps) {
	const list = useRef<HTMLDivElement>(null)
	useLayoutEffect(() => {
		const element = list.current as HTMLDivElement
		const stand = () => {
			const { left, top, width } = (above.current as HTMLElement).getBoundingClientRect()
			Object.assign(element.style, { left: `${left}px`, maxWidth: `${width}px`, bottom: `${innerHeight - top + 6}px` })
		}
		stand()
		element.showPopover()
		addEventListener('resize', stand)
		return () => removeEventListener('resize', stand)
	}, [])
	return (
		<div ref={list} id={id} class="suggestions" role="listbox" aria-label="Suggestions" popover="manual">
			{suggestions.map((suggestion, index) => (
				// biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field, which keeps the focus.
				// biome-ignore lint/a11y/useFocusableInteractive: as above.
				<div
					key={suggestion.text}
					id={optionId(id, index)}
					role="option"
					aria-selected={index === active}
					onMouseDown={(event) => event.preventDefault()}
					onClick={() => pick(suggestion)}
				>
					<Sign of={suggestion} />
					<strong>{suggestion.name}</strong>
					{suggestion.hint && <small>{suggestion.hint}</small>}
				</div>
			))}
		</div>
	)
}

export function optionId(list: string, index: number): string {
	return `${list}-${index}`
}

function Sign({ of: { kind, name, text } }: { of: Suggestion }) {
	if (kind === 'person') return <Avatar name={name} called={displayNameOf(name)} size="small" />
	return (
		<span class="suggestion-sign" aria-hidden="true">
			{kind === 'emoji' ? text : <Icon of={{ everybody: Users, room: Hash, 'private-room': Lock }[kind]} size={16} />}
		</span>
	)
}

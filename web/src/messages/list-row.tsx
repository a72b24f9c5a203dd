import { memo } from 'preact/compat'
import type { ShownMessage } from '../../../src/client/browser.ts'
import { dayName } from '../ui/time.ts'
import { MessageRow } from './message-row.tsx'

export interface ListRowProps {
	sequence: number
	/** Undefined: it is not loaded. */
	message: ShownMessage | undefined
	isContinued: boolean
	beginsDay: boolean
	/** What follows is new to who looks. */
	beginsNew: boolean
	isTarget: boolean
	isPast: boolean
	/** It has other words now. */
	isEditedLater: boolean
	/** So many erased ones are shown as one here; 0: it is shown with another one. Absent: it is shown by itself. */
	erasedRun: number | undefined
	/** Whether the keys that go from message to message begin here. */
	isCurrent: boolean
}

/** A message in the list, with what is said before it. */
export const ListRow = memo(function ListRow(props: ListRowProps) {
	const { sequence, message, erasedRun } = props
	if (message === undefined) return <Placeholder beginsNew={props.beginsNew} />
	if (erasedRun === 0) return <Lines {...props} message={message} />
	return (
		<>
			<Lines {...props} message={message} />
			<div class="message-item" data-sequence={sequence} tabIndex={props.isCurrent ? 0 : -1}>
				{erasedRun === undefined ? (
					<MessageRow
						message={message}
						isContinued={props.isContinued && !props.beginsNew}
						isPast={props.isPast}
						isTarget={props.isTarget}
					/>
				) : (
					<p class="erased-run">{erasedRun} messages were deleted.</p>
				)}
				{props.isEditedLater && <p class="edited-later">Edited later</p>}
			</div>
		</>
	)
})

function Lines({ message, beginsDay, beginsNew }: ListRowProps & { message: ShownMessage }) {
	return (
		<>
			{beginsDay && (
				<p class="day-line">
					<span>{dayName(message.timestamp)}</span>
				</p>
			)}
			{beginsNew && <NewLine />}
		</>
	)
}

function NewLine() {
	return (
		// biome-ignore lint/a11y/useSemanticElements: a rule has no words
		<div class="new-line" role="separator" aria-label="New messages">
			<span aria-hidden="true">New messages</span>
		</div>
	)
}

/** Where a message will be in a moment. */
function Placeholder({ beginsNew }: { beginsNew: boolean }) {
	return (
		<>
			{beginsNew && <NewLine />}
			<div class="placeholder" aria-hidden="true">
				<i />
				<b />
			</div>
		</>
	)
}

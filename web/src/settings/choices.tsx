import type { ComponentChildren } from 'preact'
import { useId, useState } from 'preact/hooks'
import { type RoomAnswer, TailroomError } from '../../../src/client/browser.ts'
import { Choice } from '../ui/field.tsx'
import type { FormFields } from '../ui/form.tsx'
import { useAsked } from './asked.tsx'

/** Something to tick, or not. */
export function Tick({ label, hint, ...attributes }: { label: string; hint?: string; name: string }) {
	const id = useId()
	return (
		<div class="tick">
			<input type="checkbox" {...attributes} id={id} aria-describedby={hint && `${id}-hint`} />
			<label for={id}>{label}</label>
			{hint && (
				<p id={`${id}-hint`} class="field-hint">
					{hint}
				</p>
			)}
		</div>
	)
}

interface OneOfProps {
	label: string
	name: string
	/** The first is what is meant unless one says otherwise. */
	options: readonly (readonly [value: string, text: string, hint: string])[]
}

/** One of a few, each with what it means. */
export function OneOf({ label, name, options }: OneOfProps) {
	const id = useId()
	return (
		<fieldset class="one-of">
			<legend>{label}</legend>
			{options.map(([value, text, hint], index) => (
				<div class="tick" key={value}>
					<input
						type="radio"
						name={name}
						value={value}
						id={`${id}-${index}`}
						defaultChecked={index === 0}
						aria-describedby={`${id}-${index}-hint`}
					/>
					<label for={`${id}-${index}`}>{text}</label>
					<p id={`${id}-${index}-hint`} class="field-hint">
						{hint}
					</p>
				</div>
			))}
		</fieldset>
	)
}

/** One room, or with `all` all of them, which is the empty value. */
export function RoomChoice({ label, all, hint }: { label: string; all?: string; hint?: ComponentChildren }) {
	const options = useRooms().map((room) => [room, `#${room}`] as const)
	return <Choice label={label} name="room" hint={hint} options={all ? [['', all], ...options] : options} />
}

/** All rooms, or only some. */
export function RoomsChoice({ label, all, some, hint }: { label: string; all: string; some: string; hint?: string }) {
	const [isSome, setIsSome] = useState(false)
	return (
		<>
			<Choice
				label={label}
				name="rooms"
				hint={hint}
				onChange={(event) => setIsSome((event.target as HTMLSelectElement).value === 'some')}
				options={[
					['all', all],
					['some', some],
				]}
			/>
			{isSome && <RoomTicks />}
		</>
	)
}

function RoomTicks() {
	return (
		<fieldset class="room-ticks">
			<legend class="unseen">Rooms</legend>
			{useRooms().map((room) => (
				<Tick key={room} name={`room ${room}`} label={`#${room}`} />
			))}
		</fieldset>
	)
}

/** What was chosen there; undefined: all. */
export function roomsIn(fields: FormFields): string[] | undefined {
	if (fields.rooms === 'all') return undefined
	const rooms = Object.keys(fields).flatMap((name) => (name.startsWith('room ') ? [name.slice(5)] : []))
	if (rooms.length === 0) throw new TailroomError('malformed', 'Choose at least one room.')
	return rooms
}

/** When it ends; in days, empty for never. */
export function ExpiryChoice({ days, isEndless }: { days: string; isEndless?: boolean }) {
	return (
		<Choice
			label="Good for"
			name="days"
			defaultValue={days}
			options={[
				['1', 'A day'],
				['7', 'A week'],
				['30', '30 days'],
				['90', '90 days'],
				['365', 'A year'],
				...(isEndless ? [['', 'Until it is revoked'] as const] : []),
			]}
		/>
	)
}

/** As the server wants it; nothing where it never ends. */
export function expiryIn({ days }: FormFields): { expiresAtMs?: number } {
	return days ? { expiresAtMs: Date.now() + Number(days) * 86_400_000 } : {}
}

/** The rooms that one may see and in which something can be said, but conversations. */
function useRooms(): string[] {
	const { answer } = useAsked<{ rooms: RoomAnswer[] }>('/rooms')
	const open = (answer?.rooms ?? []).filter(({ visibility, archived }) => visibility !== 'direct' && !archived)
	// Where everybody is comes first.
	return open.map(({ room }) => room).sort((one, other) => Number(other === 'general') - Number(one === 'general'))
}

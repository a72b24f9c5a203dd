import { UserPlus } from 'lucide'
import { useId, useState } from 'preact/hooks'
import { me, presence, presenceOf, roomNamed } from '../state/chat.ts'
import { byName } from '../state/names.ts'
import { displayNameOf, personNamed } from '../state/people.ts'
import { governs } from '../state/rights.ts'
import { Button } from '../ui/button.tsx'
import { AddMember } from './add-member.tsx'
import { MemberRow } from './member-row.tsx'
import './members.css'
import { closeOnEscape, PanelHead } from './panel-head.tsx'
import { type Listed, useMembers } from './use-members.ts'

/** So many are listed at once; of more, one types a few letters. */
const shownMax = 200
/** Fewer are seen at a glance. */
const filteredFrom = 12

/** Who belongs to a room, and who is there. */
export function Members({ room }: { room: string }) {
	const id = useId()
	const listed = useMembers(room)
	const [filter, setFilter] = useState('')
	/** Whose card is open. */
	const [opened, setOpened] = useState<string>()
	const [isAdding, setIsAdding] = useState(false)
	const state = roomNamed(room)
	const isMine = state !== undefined && governs(state)
	const wanted = filter.trim().toLowerCase()
	const found = listed?.filter(({ userId }) => `${userId} ${displayNameOf(userId)}`.toLowerCase().includes(wanted))
	const shown = found?.sort(inOrder).slice(0, shownMax) ?? []
	return (
		<aside class="panel" aria-labelledby={id} onKeyDown={closeOnEscape}>
			<PanelHead id={id}>Members</PanelHead>
			<div class="panel-body">
				{isMine &&
					(isAdding ? (
						<AddMember
							room={room}
							close={() => setIsAdding(false)}
							belongs={new Set(listed?.map(({ userId }) => userId))}
						/>
					) : (
						<Button icon={UserPlus} onClick={() => setIsAdding(true)}>
							Add somebody
						</Button>
					))}
				{(listed?.length ?? 0) > filteredFrom && (
					<input
						type="search"
						class="members-filter"
						aria-label="Find a member"
						placeholder="Find"
						value={filter}
						onInput={(event) => setFilter(event.currentTarget.value)}
					/>
				)}
				{groups.map(([title, belongs]) => {
					const members = shown.filter(belongs)
					if (members.length === 0) return null
					return (
						<section key={title} class="members" aria-label={title}>
							<h3>
								{title} <small>{found?.filter(belongs).length}</small>
							</h3>
							<ul>
								{members.map((member) => (
									<MemberRow
										key={member.userId}
										{...member}
										room={room}
										state={presenceOf(member.userId)}
										isMine={isMine}
										isSelf={member.userId === me.value?.name}
										isOpen={opened === member.userId}
										open={() => setOpened(opened === member.userId ? undefined : member.userId)}
									/>
								))}
							</ul>
						</section>
					)
				})}
				{(found?.length ?? 0) > shownMax && <p class="members-more">Type a name to find the others.</p>}
				{found?.length === 0 && <p class="members-more">Nobody is called so.</p>}
			</div>
		</aside>
	)
}

const groups: readonly (readonly [title: string, belongs: (listed: Listed) => boolean])[] = [
	['Moderators', ({ role }) => role === 'moderator'],
	['Members', ({ role }) => role === 'member'],
	['Visiting now', ({ role }) => role === undefined],
]

/** Moderators first, and who is here. */
function inOrder(one: Listed, other: Listed): number {
	const moderates = Number(other.role === 'moderator') - Number(one.role === 'moderator')
	const here = Number(presence.value.has(other.userId)) - Number(presence.value.has(one.userId))
	return moderates || here || byName.compare(nameOf(one), nameOf(other))
}

function nameOf({ userId }: Listed): string {
	return personNamed(userId)?.displayName ?? userId
}

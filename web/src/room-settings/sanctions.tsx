import { useEffect, useRef, useState } from 'preact/hooks'
import { pathOf } from '../../../src/client/server.ts'
import { chat } from '../state/chat.ts'
import { orSay, say } from '../state/notices.ts'
import { displayNameOf } from '../state/people.ts'
import { Button } from '../ui/button.tsx'
import { useFocusAfter } from '../ui/focus-after.ts'
import { wholeTime } from '../ui/time.ts'
import { SanctionForm } from './sanction-form.tsx'
import './sanctions.css'

type Kind = 'bans' | 'mutes'

interface Sanction {
	userId: string
	by: string
	/** Absent: for good. */
	untilMs?: number
	reason: string
}

/** Who may not come in, and who may say nothing. */
export function Sanctions({ room }: { room: string }) {
	/** Undefined until they are here. */
	const [lists, setLists] = useState<Record<Kind, readonly Sanction[]>>()
	const [adding, setAdding] = useState<Kind>()
	const load = async () => {
		const [{ bans }, { mutes }] = await Promise.all([
			chat.ask<{ bans: Sanction[] }>('GET', pathOf(room, 'bans')),
			chat.ask<{ mutes: Sanction[] }>('GET', pathOf(room, 'mutes')),
		])
		setLists({ bans, mutes })
	}
	useEffect(() => {
		void orSay(load())
	}, [room])
	const lift = async (kind: Kind, name: string) => {
		await orSay(chat.ask('DELETE', pathOf(room, kind, name)).then(load))
	}
	return (
		<section>
			<h3>Bans and mutes</h3>
			<p>Who is banned cannot see the room any more. Who is muted reads, and says nothing.</p>
			<ul class="sanctions" aria-label="Bans and mutes">
				{(['bans', 'mutes'] as const).flatMap((kind) =>
					lists?.[kind].map((sanction) => (
						<Imposed
							key={`${kind} ${sanction.userId}`}
							kind={kind}
							sanction={sanction}
							lift={() => lift(kind, sanction.userId)}
						/>
					)),
				)}
				{lists?.bans.length === 0 && lists.mutes.length === 0 && <li>Nobody.</li>}
			</ul>
			{adding === undefined ? (
				<div class="form-actions">
					<Button onClick={() => setAdding('mutes')}>Mute somebody</Button>
					<Button onClick={() => setAdding('bans')}>Ban somebody</Button>
				</div>
			) : (
				<SanctionForm
					key={adding}
					room={room}
					kind={adding}
					cancel={() => setAdding(undefined)}
					done={async (name) => {
						setAdding(undefined)
						say(`${displayNameOf(name)} is ${adding === 'bans' ? 'banned' : 'muted'}.`)
						await orSay(load())
					}}
				/>
			)}
		</section>
	)
}

interface ImposedProps {
	kind: Kind
	sanction: Sanction
	lift: () => unknown
}

function Imposed({ kind, sanction: { userId, by, untilMs, reason }, lift }: ImposedProps) {
	const row = useRef<HTMLLIElement>(null)
	useFocusAfter(row, 'section')
	const isBan = kind === 'bans'
	return (
		<li ref={row}>
			<div>
				<strong dir="auto">{displayNameOf(userId)}</strong> is {isBan ? 'banned' : 'muted'}{' '}
				{untilMs === undefined ? 'for good' : `until ${wholeTime(untilMs)}`}
				<p dir="auto">
					{reason && `${reason} · `}by {displayNameOf(by)}
				</p>
			</div>
			<Button aria-label={`Lift the ${isBan ? 'ban' : 'mute'} of ${userId}`} onClick={lift}>
				Lift
			</Button>
		</li>
	)
}

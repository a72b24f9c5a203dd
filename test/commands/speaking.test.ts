import t from 'tap'
import { checkMaySpeak } from '../../src/commands/speaking.ts'
import type { NewEvent } from '../../src/events/catalogue.ts'
import { idOf, joined, memberAdded, now, person } from '../helpers/account-events.ts'
import { generalId, messagePosted, recorded, roomOpened } from '../helpers/events.ts'
import { muteLifted, personBanned, personMuted } from '../helpers/sanction-events.ts'
import { ada as adaAsGuest, given } from '../helpers/specification.ts'

const post = { type: 'PostMessage', room: 'general', content: 'hello' } as const
const ada = person('ada')
const mo = person('mo')
const people = [roomOpened(), joined('ada'), joined('mo'), memberAdded('ada'), memberAdded('mo', 'moderator')]
const archived: NewEvent = {
	streamId: generalId,
	type: 'RoomChanged',
	data: { room: 'general', visibility: 'open', archived: true },
	body: { title: 'general', topic: '' },
}
const posted = (userId: string) => ({
	...messagePosted(1, { content: 'hello' }),
	data: { room: 'general', messageId: 'NEW', sequence: 1, userId },
})

t.test('who is muted says nothing until then, and no longer', async () => {
	const muted = [...people, personMuted(idOf('ada'), { untilMs: now + 1, reason: 'shouting' })]
	given(...muted)
		.when(post, { actor: ada })
		.thenRefused('muted')
	given(...muted)
		.when(post, { actor: ada, now: now + 1 })
		.thenHappens(posted(idOf('ada')) as NewEvent)
	given(...muted)
		.when(post, { actor: mo })
		.thenHappens(posted(idOf('mo')) as NewEvent)
	given(...muted, muteLifted(idOf('ada')))
		.when(post, { actor: ada })
		.thenHappens(posted(idOf('ada')) as NewEvent)
})

t.test('moderators and guests can be muted too', async () => {
	given(...people, personMuted(idOf('mo')))
		.when(post, { actor: mo })
		.thenRefused('muted')
	given(...people, personMuted(adaAsGuest.userId, { guest: 'ada' }))
		.when(post, { actor: adaAsGuest })
		.thenRefused('muted')
})

t.test('in an archived room nobody says anything', async () => {
	for (const actor of [ada, mo, adaAsGuest]) {
		given(...people, archived)
			.when(post, { actor })
			.thenRefused('room_archived')
	}
})

t.test('for who is banned there is no room to speak in, until the ban is over', async () => {
	const banned = [...people, personBanned(idOf('ada'), { untilMs: now + 1 })]
	given(...banned)
		.when(post, { actor: ada })
		.thenRefused('not_found', 'room')
	given(...banned)
		.when(post, { actor: ada, now: now + 1 })
		.thenHappens(posted(idOf('ada')) as NewEvent)
	// It would be opened, were it not there: that it is, is all that is given away.
	given(...people, personBanned(adaAsGuest.userId, { guest: 'ada' }))
		.when(post, { actor: adaAsGuest })
		.thenRefused('room_name_taken', 'room')
})

t.test('who may not speak is told until when and why', async (t) => {
	const room = { slug: 'general', archived: false }
	const rights = { roomId: generalId, visibility: 'open', membership: undefined, banned: false } as const
	const told = (event: NewEvent, untilMs: number | null) => {
		const mute = { roomId: generalId, userId: ada.userId, kind: 'mute', position: 1, untilMs } as const
		let detail = ''
		try {
			checkMaySpeak(room, { ...rights, mute }, () => recorded(event, 1))
		} catch (error) {
			;({ detail } = error as { detail: string })
		}
		return detail
	}
	t.equal(
		told(personMuted(ada.userId, { reason: 'shouting' }), now),
		'You may say nothing in general until 2026-09-21T14:13:20.000Z. The reason that was given: "shouting".',
	)
	t.equal(told(personMuted(ada.userId), null), 'You may say nothing in general until a moderator lifts it.')
	t.doesNotThrow(() => checkMaySpeak(room, rights, () => undefined))
})

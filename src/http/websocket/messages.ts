import Type, { type Static, type TSchema } from 'typebox'
import type { Action } from '../../commands/policy.ts'
import { RequestError } from '../errors.ts'
import { messageId, newMessage, newText } from '../routes/messages.ts'
import { ownState } from '../routes/presence.ts'
import { readSequence } from '../routes/reads.ts'
import { validator } from '../validation.ts'

const room = Type.String()
/** Of any length: what is not a cursor resets the subscription. */
const cursor = Type.Union([Type.String(), Type.Integer({ minimum: 0 })])
const sequence = Type.Optional(Type.Integer({ minimum: 0 }))
/** Repeated in an error, so that a client knows which message it answers. */
const ref = Type.Optional(Type.Union([Type.String({ maxLength: 64 }), Type.Integer()]))
/** Who speaks; binds a guest's connection. Never overrides an authenticated identity. */
const name = Type.Optional(Type.String())

const messages = {
	hello: { token: Type.Optional(Type.String({ maxLength: 256 })) },
	subscribe: {
		room: Type.Optional(room),
		userId: name,
		after: Type.Optional(cursor),
		consumer: Type.Optional(Type.String()),
		filter: Type.Optional(Type.String()),
	},
	unsubscribe: { room: Type.Optional(room), userId: name },
	ack: { room: Type.Optional(room), cursor },
	publish: { room, sender: name, ...newMessage, key: Type.Optional(Type.String()) },
	react: {
		room,
		id: messageId,
		emoji: Type.String(),
		action: Type.Optional(Type.Union([Type.Literal('add'), Type.Literal('remove')])),
	},
	edit: { room, id: messageId, ...newText },
	delete: { room, id: messageId },
	get_history: {
		room,
		before: sequence,
		after: sequence,
		around: sequence,
		replyTo: Type.Optional(messageId),
		at: sequence,
		limit: sequence,
	},
	clear_history: { room, through: sequence },
	presence: { state: ownState },
	read: { room, sequence: readSequence },
	typing: { room },
} satisfies Record<string, Record<string, TSchema>>

/** What a client must have a right to, for each message. What is done in a room is checked there. */
export const policies: { readonly [Name in MessageType]: 'public' | Action } = {
	hello: 'public',
	subscribe: 'read',
	unsubscribe: 'look-around',
	ack: 'own-consumers',
	publish: 'post',
	react: 'react',
	edit: 'edit',
	delete: 'read',
	clear_history: 'moderate',
	get_history: 'read',
	presence: 'be-present',
	read: 'mark-read',
	typing: 'type',
}

type Messages = typeof messages
type MessageType = keyof Messages

/** What a client may send over WebSocket. */
export type ClientMessage = {
	[Name in MessageType]: { type: Name; ref?: string | number } & Static<Type.TObject<Messages[Name]>>
}[MessageType]

export type ClientMessageOf<Name extends MessageType> = Extract<ClientMessage, { type: Name }>

const validators = new Map<string, (value: unknown) => unknown>(
	Object.entries(messages).map(([type, fields]) => {
		const schema = Type.Object({ type: Type.Literal(type), ref, ...fields }, { additionalProperties: false })
		return [type, validator(schema, `message ${type}`)]
	}),
)

/** A message that is what it says to be, or `malformed` or `message_type_unknown`. */
export function parseClientMessage(value: unknown): ClientMessage {
	const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined
	if (typeof type !== 'string') {
		throw new RequestError('malformed', 'A message is a JSON object with a "type", for example {"type":"hello"}.')
	}
	const validate = validators.get(type)
	if (validate === undefined) {
		const known = Object.keys(messages).join(', ')
		throw new RequestError('message_type_unknown', `There is no message of that type. There are: ${known}.`)
	}
	return validate(value) as ClientMessage
}

/** The `ref` of a message that may be anything. */
export function refOf(value: unknown): string | number | undefined {
	const given = typeof value === 'object' && value !== null && 'ref' in value ? value.ref : undefined
	if (typeof given === 'string') return given.slice(0, 64)
	return typeof given === 'number' ? given : undefined
}

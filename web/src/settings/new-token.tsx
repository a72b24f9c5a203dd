import { chat } from '../state/chat.ts'
import { Copied } from '../ui/copied.tsx'
import { Field } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { ExpiryChoice, expiryIn, OneOf, RoomsChoice, roomsIn } from './choices.tsx'
import { MadeHead, Maker } from './maker.tsx'
import type { Scope } from './tokens.tsx'
import type { Whose } from './whose.tsx'

interface NewTokenProps {
	whose: Whose
	made: () => Promise<void>
}

interface MadeToken {
	token: string
	scope: Scope
	/** Where it is tried. */
	room: string
}

/** Makes a token, and shows how it is used. */
export function NewToken({ whose, made }: NewTokenProps) {
	return (
		<Maker<MadeToken>
			label="New token"
			form={(done, cancel) => (
				<Form
					action="Make token"
					more={cancel}
					send={async (fields) => {
						const { name, scope } = fields
						const rooms = roomsIn(fields)
						const body = { name, scope, ...(rooms && { rooms }), ...expiryIn(fields), ...whose.body }
						const { token } = await chat.ask<{ token: string }>('POST', '/tokens', body)
						await made()
						done({ token, scope: scope as Scope, room: rooms?.[0] ?? 'general' })
					}}
				>
					{(problems) => (
						<>
							<Field
								label="What it is for"
								name="name"
								required
								maxLength={128}
								autocomplete="off"
								placeholder="backup script"
								problem={problems.name ?? problems.label}
							/>
							<OneOf
								label="What it may do"
								name="scope"
								options={[
									['write', 'Read and write', 'Reads, posts, edits, reacts, joins rooms: what people do in them.'],
									['read', 'Only read', 'Sees rooms and follows them, and says nothing.'],
									[
										'full',
										'Everything',
										whose.bot === undefined
											? 'All that you may, settings and other people’s accounts included. Only for what you trust as yourself.'
											: `All that ${whose.bot} may.`,
									],
								]}
							/>
							<RoomsChoice label="Where" all="In all rooms" some="Only in some rooms" />
							<ExpiryChoice days="90" isEndless />
						</>
					)}
				</Form>
			)}
			shown={({ token, scope, room }) => (
				<>
					<MadeHead title="Your new token" hint="Keep it where you keep passwords: it is shown only this once." />
					<Copied text={token} label="token" />
					{scope !== 'read' && (
						<>
							<p>Say something with it, from any terminal:</p>
							<Copied text={curl(token, "-d 'hello'", `/rooms/${room}/messages`)} label="command that posts" />
						</>
					)}
					<p>Follow what is said:</p>
					<Copied
						text={curl(token, "-N -H 'Accept: text/plain'", `/rooms/${room}/events`)}
						label="command that follows"
					/>
				</>
			)}
		/>
	)
}

function curl(token: string, options: string, path: string): string {
	return `curl ${options} -H 'Authorization: Bearer ${token}' ${location.origin}${path}`
}

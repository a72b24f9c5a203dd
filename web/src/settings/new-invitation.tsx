import { chat, me } from '../state/chat.ts'
import { Copied } from '../ui/copied.tsx'
import { Choice } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { wholeTime } from '../ui/time.ts'
import { ExpiryChoice, expiryIn, RoomsChoice, roomsIn } from './choices.tsx'
import type { Invitation } from './invitations.tsx'
import { MadeHead, Maker } from './maker.tsx'

/** Makes an invitation; its link is given out only then. */
export function NewInvitation({ made }: { made: () => Promise<void> }) {
	const isOwner = me.value?.role === 'owner'
	return (
		<Maker<Invitation & { link: string }>
			label="New invitation"
			form={(done, cancel) => (
				<Form
					action="Make invitation"
					more={cancel}
					send={async (fields) => {
						const body = { role: fields.role ?? 'member', rooms: roomsIn(fields) ?? [], ...expiryIn(fields) }
						const invitation = await chat.ask<Invitation & { link: string }>('POST', '/invites', body)
						await made()
						done(invitation)
					}}
				>
					{isOwner && (
						<Choice
							label="As"
							name="role"
							hint="Administrators invite people, change accounts of members and bots, and read the audit."
							options={[
								['member', 'Member'],
								['admin', 'Administrator'],
								['owner', 'Owner'],
							]}
						/>
					)}
					<RoomsChoice
						label="Into"
						all="The room for everybody"
						some="More rooms"
						hint="Everybody belongs to #general, and joins open rooms by themselves. Private rooms need this."
					/>
					<ExpiryChoice days="7" />
				</Form>
			)}
			shown={({ link, expiresAtMs }) => (
				<>
					<MadeHead
						title="Your invitation"
						hint={`Send this link to one person. It works once, until ${wholeTime(expiresAtMs)}, and is shown only now.`}
					/>
					<Copied text={link} label="link" />
				</>
			)}
		/>
	)
}

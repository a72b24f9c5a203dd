import { useEffect } from 'preact/hooks'
import { chat } from '../state/chat.ts'
import { orSay, say } from '../state/notices.ts'
import { inWords } from '../state/problems.ts'
import { Button } from '../ui/button.tsx'
import { Answered, useAsked } from './asked.tsx'
import { askFirst } from './asking.ts'
import { NewWebhook } from './new-webhook.tsx'
import { Thing, Things } from './things.tsx'
import { useWhose } from './whose.tsx'

export interface Webhook {
	id: string
	url: string
	/** Absent: all that one belongs to. */
	room?: string
	/** What it is for. */
	name: string
	filter?: string
	replies: boolean
	/** What keeps where it is. */
	consumer: string
	position: number
	/** Positions of the log that it is not done with. */
	behind: number
	state: 'following' | 'retrying' | 'paused'
	problem?: string
}

const stateWords = { following: 'Works', retrying: 'Tries again', paused: 'Paused' } as const

/** How far they are changes by itself. */
const lookAgainMs = 5_000

/** By which other programs hear what happens. */
export function Webhooks() {
	const whose = useWhose()
	const asked = useAsked<{ webhooks: Webhook[] }>(`/webhooks${whose.query}`)
	useEffect(() => {
		const timer = setInterval(() => void asked.again(), lookAgainMs)
		return () => clearInterval(timer)
	}, [whose.query])
	return (
		<>
			{whose.choice}
			<NewWebhook key={whose.bot} whose={whose} made={asked.again} />
			<Answered asked={asked}>
				{({ webhooks }) => (
					<Things label="Webhooks" none="No webhooks yet." of={webhooks.toReversed()}>
						{(webhook) => (
							<Thing
								key={webhook.id}
								title={webhook.name || webhook.url}
								mark={stateWords[webhook.state]}
								markKind={webhook.state === 'following' ? 'good' : 'wrong'}
								facts={factsOf(webhook)}
								problem={webhook.problem && `The last try failed: ${inWords(webhook.problem)}`}
							>
								{/* Only who hears may say from where. */}
								{whose.bot === undefined && <Moving webhook={webhook} moved={asked.again} />}
								<Button
									kind="danger"
									aria-label={`Delete ${webhook.name || webhook.url}`}
									onClick={() =>
										askFirst({
											title: `Delete ${webhook.name || 'this webhook'}?`,
											hint: 'Nothing is posted there any more, and its secret is erased.',
											action: 'Delete',
											path: `/webhooks/${webhook.id}`,
											after: asked.again,
										})
									}
								>
									Delete
								</Button>
							</Thing>
						)}
					</Things>
				)}
			</Answered>
		</>
	)
}

/** Puts one elsewhere in the log, which also starts it where it is paused. */
function Moving({ webhook, moved }: { webhook: Webhook; moved: () => Promise<void> }) {
	const { name, url, consumer, position, state } = webhook
	const move = async (cursor: number | string | undefined, said: string) => {
		await chat.ask('PUT', `/consumers/${consumer}`, { cursor })
		say(said)
		await moved()
	}
	const called = name || url
	return (
		<>
			{state === 'paused' && (
				<Button onClick={() => void orSay(move(position, 'It goes on where it was.'))}>Start again</Button>
			)}
			{state !== 'following' && (
				<Button
					title="Leaves out what has not arrived yet"
					aria-label={`Skip to now: ${called}`}
					onClick={() => void orSay(move(chat.cursor, 'It goes on from now.'))}
				>
					Skip to now
				</Button>
			)}
			<Button
				title="Posts everything once more, from the first event on"
				aria-label={`Post all again: ${called}`}
				onClick={() =>
					askFirst({
						title: 'Post everything again?',
						hint: 'All that may be seen there is posted once more, from the beginning. Each keeps its id.',
						action: 'Post all again',
						path: `/consumers/${consumer}`,
						method: 'PUT',
						body: { cursor: 0 },
						after: moved,
					})
				}
			>
				Post all again
			</Button>
		</>
	)
}

function factsOf({ name, url, room, filter, replies, behind }: Webhook): (string | undefined)[] {
	return [
		name === '' ? undefined : url,
		room === undefined ? 'All rooms' : `#${room}`,
		filter === undefined ? undefined : `only ${filter}`,
		replies ? 'its answers are said' : undefined,
		behind === 0 ? 'up to date' : `${behind} ${behind === 1 ? 'event' : 'events'} behind`,
	]
}

import type { WholeRoom } from '../../../src/client/browser.ts'
import { pathOf } from '../../../src/client/server.ts'
import { chat } from '../state/chat.ts'
import { dialog } from '../state/layers.ts'
import { say } from '../state/notices.ts'
import { Field } from '../ui/field.tsx'
import { Form, type FormFields } from '../ui/form.tsx'

const dayMs = 24 * 60 * 60 * 1_000

/** How much of its messages a room keeps. */
export function Kept({
	room: { room, title, historyLimit, historyTtlMs },
	isMine,
}: {
	room: WholeRoom
	isMine: boolean
}) {
	if (!isMine) {
		return (
			<section>
				<h3>What is kept</h3>
				<p>{keptWords({ historyLimit, historyTtlMs })}</p>
			</section>
		)
	}
	const save = async ({ limit = '', days = '' }: FormFields) => {
		const wanted = {
			historyLimit: limit === '' ? null : Number(limit),
			historyTtlMs: days === '' ? null : Math.round(Number(days) * dayMs),
		}
		const change = async () => {
			await chat.ask('PUT', pathOf(room), wanted)
			say('What is kept is changed.')
		}
		if (wanted.historyLimit === null && wanted.historyTtlMs === null) return await change()
		dialog.value = {
			name: 'confirm',
			title: `Keep less in ${title || room}`,
			hint: `${keptWords(wanted)} Older messages are erased now, for everybody and for good.`,
			action: 'Erase older messages',
			confirmed: change,
		}
	}
	return (
		<section>
			<h3>What is kept</h3>
			<p>Older messages are erased for good, for everybody. Empty: as the server does it in all rooms.</p>
			<Form action="Save what is kept" send={save}>
				{(problems) => (
					<div class="room-settings-two">
						<Field
							label="The newest messages"
							name="limit"
							type="number"
							min={1}
							max={1_000_000}
							defaultValue={historyLimit === undefined ? '' : String(historyLimit)}
							placeholder="As the server"
							hint="So many are kept."
							problem={problems.historyLimit}
						/>
						<Field
							label="Days"
							name="days"
							type="number"
							min={0.01}
							max={36_500}
							step="any"
							defaultValue={historyTtlMs === undefined ? '' : String(daysOf(historyTtlMs))}
							placeholder="As the server"
							hint="So long each of them is kept."
							problem={problems.historyTtlMs}
						/>
					</div>
				)}
			</Form>
		</section>
	)
}

function keptWords({
	historyLimit,
	historyTtlMs,
}: {
	historyLimit?: number | null
	historyTtlMs?: number | null
}): string {
	const count = historyLimit && (historyLimit === 1 ? 'the newest message' : `the newest ${historyLimit} messages`)
	const days = historyTtlMs && daysOf(historyTtlMs)
	const time = days && (days === 1 ? 'one day' : `${days} days`)
	if (count && time) return `The room keeps ${count}, each for ${time}.`
	if (count) return `The room keeps ${count}.`
	if (time) return `The room keeps messages for ${time}.`
	return 'The room keeps as much as the server does in all rooms.'
}

/** To the minute and a bit. */
function daysOf(ms: number): number {
	return Math.round((ms / dayMs) * 1_000) / 1_000
}

import { type OpenPanel, panel } from './layers.ts'
import { addressOf, go, place } from './place.ts'

/** Whether a panel is what is seen beside the messages: a thread goes before it. */
export function isBeside(name: OpenPanel['name']): boolean {
	const here = place.value
	return panel.value?.name === name && here.at === 'room' && here.thread === undefined
}

/** Shows a panel beside the messages, in place of a thread too. */
export function showBeside(name: OpenPanel['name']): void {
	const here = place.value
	if (here.at === 'room' && here.thread !== undefined) {
		const { room, sequence, moment } = here
		go(addressOf(room, { sequence, moment }), { stays: true })
	}
	panel.value = { name }
}

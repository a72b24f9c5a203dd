import { signal } from '@preact/signals'
import { pressedLong } from './long-press.ts'

/** The row that one points at, or has touched, by its `data-row`. What can be done with a message is shown there alone. */
export const pointed = signal<string | undefined>()
/** The row in which the keyboard is. */
export const focused = signal<string | undefined>()
/** The row on which a finger has rested, each time anew: its menu opens. */
export const pressed = signal<{ row: string | undefined }>({ row: undefined })

/** One listener for all rows: there are many of them, and they come and go. */
addEventListener('pointerover', ({ target, pointerType }) => {
	if (pointerType !== 'touch') pointed.value = rowOf(target)
})
document.documentElement.addEventListener('pointerleave', ({ pointerType }) => {
	if (pointerType !== 'touch') pointed.value = undefined
})
addEventListener('click', ({ target, pointerType }: PointerEvent) => {
	if (pointerType === 'touch') pointed.value = rowOf(target)
})
addEventListener('focusin', ({ target }) => {
	const element = target as Element
	// Who clicks on something does not go through the rows with the keyboard.
	focused.value = element.matches(':focus-visible') || element.closest('[popover]') ? rowOf(target) : undefined
})
addEventListener('focusout', ({ relatedTarget }) => {
	if (relatedTarget === null && document.hasFocus()) focused.value = undefined
})
pressedLong((target) => {
	pointed.value = rowOf(target)
	pressed.value = { row: pointed.value }
})

function rowOf(target: EventTarget | null): string | undefined {
	if (!(target instanceof Element)) return undefined
	// The list has the focus around a row, when one goes through it by keys.
	const inside = target.matches('.message-item') ? target.querySelector<HTMLElement>('[data-row]') : null
	return (inside ?? target.closest<HTMLElement>('[data-row]'))?.dataset.row
}

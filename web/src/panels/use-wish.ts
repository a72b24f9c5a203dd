import type { Signal } from '@preact/signals'
import { useLayoutEffect } from 'preact/hooks'

/** Up to which count each of them was granted, also by a component that is gone. */
const granted = new Map<Signal<number>, number>()

/**
 * Hears of a wish that is counted each time somebody has it, and when the component comes: `isNew` says whether it was
 * granted to nobody yet. It hears at once, since the next key may be for what is wished for.
 */
export function useWish(wishes: Signal<number>, hear: (isNew: boolean) => void): void {
	const count = wishes.value
	useLayoutEffect(() => {
		const isNew = count > (granted.get(wishes) ?? 0)
		granted.set(wishes, count)
		hear(isNew)
	}, [count])
}

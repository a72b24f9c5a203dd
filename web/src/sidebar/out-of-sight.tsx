import { useEffect, useRef, useState } from 'preact/hooks'
import { rooms } from '../state/chat.ts'

/** Says that there is something unread further up or down in the list, and goes there. */
export function OutOfSight() {
	const hint = useRef<HTMLDivElement>(null)
	const [nearest, setNearest] = useState<{ above?: HTMLElement; below?: HTMLElement }>({})
	const changed = rooms.value
	useEffect(() => {
		const list = hint.current?.parentElement?.querySelector('nav')
		if (!list) return
		const look = () => setNearest(nearestIn(list))
		look()
		list.addEventListener('scroll', look, { passive: true })
		addEventListener('resize', look)
		return () => {
			list.removeEventListener('scroll', look)
			removeEventListener('resize', look)
		}
	}, [changed])
	return (
		<div class="out-of-sight" ref={hint}>
			{(['above', 'below'] as const).map(
				(where) =>
					nearest[where] && (
						<button
							key={where}
							type="button"
							data-where={where}
							onClick={() => nearest[where]?.scrollIntoView({ block: 'center', behavior: 'smooth' })}
						>
							{where === 'above' ? '↑ Unread above' : '↓ Unread below'}
						</button>
					),
			)}
		</div>
	)
}

function nearestIn(list: HTMLElement): { above?: HTMLElement; below?: HTMLElement } {
	const { top, bottom } = list.getBoundingClientRect()
	const unread = [...list.querySelectorAll<HTMLElement>('[data-unread]')]
	const above = unread.findLast((link) => link.getBoundingClientRect().bottom < top + 8)
	const below = unread.find((link) => link.getBoundingClientRect().top > bottom - 8)
	return { ...(above && { above }), ...(below && { below }) }
}

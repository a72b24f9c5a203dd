import { useEffect, useState } from 'preact/hooks'
import type { Timeline } from '../../../src/client/browser.ts'
import { chat } from './chat.ts'

/** Those that are on the screen, by their room. */
const opened = new Map<string, Timeline>()

/** The messages of a room that is on the screen; undefined of others. */
export function timelineOf(room: string): Timeline | undefined {
	return opened.get(room)
}

/** Shows the messages of a room as long as the component is there, and draws it again with each change. */
export function useTimeline(room: string): Timeline | undefined {
	const [shown, setShown] = useState<{ timeline: Timeline }>()
	useEffect(() => {
		const timeline = chat.open(room)
		opened.set(room, timeline)
		const unlisten = chat.listen({ change: (changes) => changes.has(`timeline ${room}`) && setShown({ timeline }) })
		return () => {
			unlisten()
			timeline.close()
			opened.delete(room)
		}
	}, [room])
	return shown?.timeline
}

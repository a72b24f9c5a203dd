import type { ShownMessage } from '../../../src/client/browser.ts'
import type { History } from '../../../src/protocol/answers.ts'

/**
 * Up to where a room's messages are not kept any more. It is always the beginning that is not kept: what is erased for that
 * reason has nothing but erased ones before it.
 * @returns the number of the last such message, as far as `messages` show it; 0: they show none
 */
export function floorIn(messages: readonly ShownMessage[]): number {
	return messages.findLast(isKeptNoLonger)?.sequence ?? 0
}

/** The same for the whole room, of which `from` is kept no longer and `to` may be the newest. */
export async function findFloor(read: (query: string) => Promise<History>, from: number, to: number): Promise<number> {
	let [gone, kept] = [from, to + 1]
	while (kept - gone > 1) {
		const middle = (gone + kept) >> 1
		const { messages } = await read(`?limit=1&around=${middle}`)
		const found = messages[0]
		if (found !== undefined && isKeptNoLonger(found)) gone = middle
		else kept = middle
	}
	return gone
}

function isKeptNoLonger({ erased }: Pick<ShownMessage, 'erased'>): boolean {
	return erased === 'retention'
}

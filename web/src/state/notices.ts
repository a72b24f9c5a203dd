import { signal } from '@preact/signals'
import { inWords } from './problems.ts'

/** What has just happened, said for a moment at the lower edge. */
export const notice = signal<{ text: string } | undefined>()

const shownMs = 5_000
let timer: ReturnType<typeof setTimeout> | undefined

export function say(text: string): void {
	clearTimeout(timer)
	notice.value = { text }
	timer = setTimeout(() => {
		notice.value = undefined
	}, shownMs)
}

/** Says why something that was asked for did not happen. */
export async function orSay<Result>(asked: Promise<Result>): Promise<Result | undefined> {
	try {
		return await asked
	} catch (error) {
		say(inWords((error as Error).message))
		return undefined
	}
}

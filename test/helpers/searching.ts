import { type Answer, ask } from './http.ts'
import { until } from './until.ts'

type Headers = Record<string, string>

/** Looks for something; `more`: further parameters, as `&limit=2`. */
export function search(url: string, q: string, headers: Headers = {}, more = ''): Promise<Answer> {
	return ask(url, `/search?q=${encodeURIComponent(q)}${more}`, { headers })
}

/** What the messages say that are found, the newest first. Throws for any other answer. */
export async function found(url: string, q: string, headers: Headers = {}): Promise<string[]> {
	const answer = await search(url, q, headers, '&limit=100')
	if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`)
	return answer.json.messages.map(({ content }: { content: string }) => content)
}

/** Resolves when what was said up to a position is found. */
export async function indexed(url: string, position: number, headers: Headers = {}): Promise<void> {
	await until(async () => {
		const { status, json } = await search(url, 'x', headers)
		return status === 200 && json.position >= position
	})
}

/** The same, for all that was said until now. */
export async function allIndexed(url: string, headers: Headers = {}): Promise<void> {
	const { json } = await ask(url, '/readyz')
	await indexed(url, json.head, headers)
}

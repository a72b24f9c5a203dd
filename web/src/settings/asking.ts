import { chat } from '../state/chat.ts'
import { dialog } from '../state/layers.ts'

interface Asking {
	title: string
	hint: string
	/** What its button says. */
	action: string
	/** What is asked of the server then. */
	path: string
	method?: 'DELETE' | 'PATCH' | 'PUT'
	body?: unknown
	/** Shows how it is afterwards. */
	after: () => Promise<unknown>
}

/** Asks before it has the server do what cannot be undone. */
export function askFirst({ title, hint, action, path, method = 'DELETE', body, after }: Asking): void {
	const confirmed = async () => {
		await chat.ask(method, path, body)
		await after()
	}
	dialog.value = { name: 'confirm', title, hint, action, confirmed }
}

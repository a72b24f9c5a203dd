import { layout } from './layout.ts'

/** Whom a server lets in: nobody yet but its owner to be, people with an account, or everybody. */
export type FrontState = 'setup' | 'closed' | 'guests'

const explanations: Readonly<Record<FrontState, string>> = {
	setup:
		'This server is up and new. To become its owner, open the link that it printed where it was started: it ends in a code that works once.',
	closed:
		'This server is up, for people with an account. For now, talk to it with <code>curl</code>: ask for this very address to get a manual of one screen.',
	guests:
		'This server is up and lets guests in. For now, talk to it with <code>curl</code>: ask for this very address to get a manual of one screen.',
}

/** A plain page that says that the server is there, until the app takes its place. */
export function frontHtml(version: string, state: FrontState): string {
	return layout({
		title: 'Tailroom',
		main: `	<h1>Tailroom</h1>
	<p>A chat whose heart is one ordered log.</p>
	<ol>
		<li><span>1</span>what is said gets a place</li>
		<li><span>2</span>everybody reads in that order</li>
		<li><span>3</span>who was away goes on where they were</li>
	</ol>
	<p>${explanations[state]}</p>
	<footer>Tailroom ${version}</footer>`,
	})
}

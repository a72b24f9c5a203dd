import { passwordBytesMin } from '../limits.ts'
import { layout } from './layout.ts'

interface Joining {
	heading: string
	welcome: string
	/** Where the form goes, as JSON. */
	action: string
	button: string
}

const joinings = {
	setup: {
		heading: 'Set up this server',
		welcome: 'You are the first one here. The name and password that you choose are those of its owner.',
		action: '/setup',
		button: 'Become the owner',
	},
	invite: {
		heading: 'You are invited',
		welcome: 'Choose the name by which the others will know you, and a password.',
		action: '/invites/accept',
		button: 'Join',
	},
} satisfies Record<string, Joining>

/** Where somebody with a code becomes somebody with an account. The code is in the link's fragment. */
export function joinPage(kind: keyof typeof joinings): string {
	const { heading, welcome, action, button } = joinings[kind]
	return layout({
		title: `${heading} · Tailroom`,
		script: '/assets/join.js',
		main: `	<p class="mark">Tailroom</p>
	<noscript><p class="problem">This page needs JavaScript to keep the code and your password out of any address.</p></noscript>
	<section id="join" hidden>
		<h1>${heading}</h1>
		<p>${welcome}</p>
		<form id="form" method="post" action="${action}">
			<div id="code-field">
				<label for="code">Code</label>
				<input id="code" name="code" required maxlength="64" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="code-hint">
				<p class="hint" id="code-hint">The end of the link that brought you here, after the #.</p>
			</div>
			<div>
				<label for="name">Name</label>
				<input id="name" name="name" required maxlength="32" autocomplete="username" autocapitalize="none" spellcheck="false" aria-describedby="name-hint">
				<p class="hint" id="name-hint">Letters a to z, digits, and . _ - in between. It stays yours and cannot be changed.</p>
			</div>
			<div>
				<label for="password">Password</label>
				<div class="beside">
					<input id="password" name="password" type="password" required minlength="${passwordBytesMin}" autocomplete="new-password" aria-describedby="password-hint">
					<button type="button" class="quiet" id="show" aria-pressed="false" aria-controls="password">Show</button>
				</div>
				<p class="hint" id="password-hint">At least ${passwordBytesMin} characters: a few words that do not belong together.</p>
			</div>
			<div class="problem" id="problem" role="alert"></div>
			<button id="send">${button}</button>
		</form>
	</section>
	<section id="joined" hidden>
		<h1 id="welcome" tabindex="-1">You are in</h1>
		<p>This is your token, for scripts and the command line. Keep it where you keep passwords: it is shown only this once.</p>
		<div class="copied"><code id="token"></code><button type="button" class="quiet" data-copies="token">Copy</button></div>
		<p>With it you can say hello from any terminal:</p>
		<div class="copied"><code id="hello"></code><button type="button" class="quiet" data-copies="hello">Copy</button></div>
		<p role="status" class="hint" id="copy-status"></p>
		<p><a href="/">Go to Tailroom</a></p>
	</section>`,
	})
}

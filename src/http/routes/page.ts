import type { HttpConfig } from '../services.ts'

/** A plain page that says that the server is there, until the app takes its place. */
export function page({ version, guests }: HttpConfig): string {
	const state = guests
		? 'This server is up and lets guests in. For now, talk to it with <code>curl</code>: ask for this very address to get a manual of one screen.'
		: 'This server is up and closed: it has no accounts yet. To try it, start it with <code>npm start -- --guests</code>.'
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tailroom</title>
<style>
	:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent) }
	body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 1.05rem/1.6 system-ui, sans-serif }
	main { max-width: 34rem; padding: 2rem }
	h1 { margin: 0; font-size: 2rem; letter-spacing: -0.02em }
	ol { list-style: none; margin: 1.5rem 0; padding: 0; border-left: 2px solid var(--line) }
	li { padding: 0.15rem 0 0.15rem 1rem; font: 0.95rem/1.6 ui-monospace, monospace }
	li span { opacity: 0.55; padding-right: 0.8rem }
	code { padding: 0.1em 0.35em; border-radius: 4px; background: var(--line); font-size: 0.92em }
	footer { opacity: 0.6; font-size: 0.9rem }
</style>
</head>
<body>
<main>
	<h1>Tailroom</h1>
	<p>A chat whose heart is one ordered log.</p>
	<ol>
		<li><span>1</span>what is said gets a place</li>
		<li><span>2</span>everybody reads in that order</li>
		<li><span>3</span>who was away goes on where they were</li>
	</ol>
	<p>${state}</p>
	<footer>Tailroom ${version}</footer>
</main>
</body>
</html>
`
}

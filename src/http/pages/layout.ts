/** A page around what is its own. */
export function layout({ title, main, script }: { title: string; main: string; script?: string }): string {
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="/assets/style.css">
${script === undefined ? '' : `<script type="module" src="${script}"></script>\n`}</head>
<body>
<main>
${main}
</main>
</body>
</html>
`
}

/** Three lines in one order. */
const icon = `data:image/svg+xml,${encodeURIComponent(
	'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="none" stroke="#4969d8" stroke-width="2" stroke-linecap="round"><path d="M3 2v12M7 4h6M7 8h4M7 12h6"/></svg>',
)}`

/**
 * What a page may do: load and ask its own server, and nothing that stands in the page itself. No form
 * is ever sent by the browser: the scripts do that.
 */
export const pagePolicy =
	"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

import { existsSync } from 'node:fs'

const whole = [
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/usr/bin/google-chrome',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** Where the browser of this machine is, with windows and all that people have. */
export const chromiumPath: string = whole.find(existsSync) ?? '/usr/bin/chromium'

/** The same without windows, where it is installed too: it needs half the time. */
export const windowlessPath: string =
	['/usr/bin/chromium-headless-shell', chromiumPath].find(existsSync) ?? chromiumPath

/** Why tests in a browser are skipped here. In CI there is one, or the tests fail. */
export const noBrowser: string | false =
	existsSync(chromiumPath) || process.env.CI === 'true'
		? false
		: 'There is no Chromium. On Debian: apt-get install chromium'

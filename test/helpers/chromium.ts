import { existsSync } from 'node:fs'

const places = [
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/usr/bin/google-chrome',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** Where the browser of this machine is. */
export const chromiumPath: string = places.find(existsSync) ?? '/usr/bin/chromium'

/** Why tests in a browser are skipped here. In CI there is one, or the tests fail. */
export const noBrowser: string | false =
	existsSync(chromiumPath) || process.env.CI === 'true'
		? false
		: 'There is no Chromium. On Debian: apt-get install chromium'

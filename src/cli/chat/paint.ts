import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** Such as can be told apart on dark ground and on light. */
const nameStyles: readonly Style[] = [
	'cyan',
	'green',
	'magenta',
	'blue',
	'yellow',
	'cyanBright',
	'magentaBright',
	'red',
]

/** What is dim, bold or coloured where a terminal has that, and plain elsewhere. */
export class Paint {
	readonly isColourful: boolean

	constructor(isColourful: boolean) {
		this.isColourful = isColourful
	}

	dim(text: string): string {
		return this.#styled('dim', text)
	}

	bold(text: string): string {
		return this.#styled('bold', text)
	}

	alarm(text: string): string {
		return this.#styled(['bold', 'yellow'], text)
	}

	/** Whoever is called so has the same colour today and tomorrow. */
	name(name: string): string {
		let sum = 0
		for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521
		return this.#styled(nameStyles[sum % nameStyles.length] as Style, name)
	}

	/** What calls upon who reads it. */
	call(text: string): string {
		return this.#styled(['bold', 'inverse'], text)
	}

	#styled(style: Style, text: string): string {
		return this.isColourful ? styleText(style, text, { validateStream: false }) : text
	}
}

/** Whether there are colours: not in a file or a pipe, and not where somebody does not want them (no-color.org). */
export function hasColours(output: { isTTY?: boolean }, { NO_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
	return output.isTTY === true && TERM !== 'dumb' && (NO_COLOR === undefined || NO_COLOR === '')
}

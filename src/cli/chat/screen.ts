import type { Paint } from './paint.ts'

export interface Question {
	text: string
	/** What is answered is not shown. */
	isSecret?: boolean
}

/** Where what happens is shown, and what is typed comes from. */
export interface Screen {
	readonly paint: Paint
	readonly columns: number
	/** Whether somebody sits there: they are asked, and have read what is shown. */
	readonly isInteractive: boolean
	/** Shows whole lines. */
	print(lines: string): void
	/** What stands before what is typed. */
	setPrompt(prompt: string): void
	/**
	 * Asks for a line each, one question after the other: also where all is typed at once, each line answers its own. Undefined:
	 * something else was asked meanwhile, or nobody sits there any more.
	 */
	ask(...questions: readonly Question[]): Promise<readonly string[] | undefined>
	/** Leaves the terminal as it was. */
	close(): void
}

/** Whom a screen tells. */
export interface Typist {
	line(text: string): void
	/** Nothing will be typed any more. */
	end(): void
	interrupt(): void
	/** There is more place now, or less. */
	resize(): void
	/** What a text can go on with, and which end of it that takes the place of. */
	complete(text: string): [candidates: string[], end: string]
}

import type { Paint } from './paint.ts'

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
	/** Asks for one line. What is secret is not shown. */
	ask(question: string, options?: { isSecret?: boolean }): Promise<string>
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

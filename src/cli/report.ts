import { jsonLine } from './remote/json-line.ts'

/** Says what a command has done: as a line of JSON to a program, in words to people. */
export function report(isForProgram: boolean, answer: object, text: string): void {
	process.stdout.write(isForProgram ? jsonLine(answer) : text)
}

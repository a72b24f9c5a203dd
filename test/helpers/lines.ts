/** The lines that a program prints, one at a time. */
export class Lines {
	readonly all: string[] = []
	#rest = ''
	#wake: () => void = () => {}
	#isOver = false

	constructor(source: NodeJS.ReadableStream) {
		source.setEncoding('utf8')
		source.on('data', (chunk: string) => {
			const lines = (this.#rest + chunk).split('\n')
			this.#rest = lines.pop() as string
			this.all.push(...lines)
			this.#wake()
		})
		source.on('end', () => {
			this.#isOver = true
			this.#wake()
		})
	}

	async until(isWanted: (line: string) => boolean): Promise<string> {
		for (;;) {
			const line = this.all.find(isWanted)
			if (line !== undefined) return line
			if (this.#isOver) throw new Error(`it ended after ${JSON.stringify(this.all.slice(-5))}`)
			await new Promise<void>((resolve) => {
				this.#wake = resolve
			})
		}
	}
}

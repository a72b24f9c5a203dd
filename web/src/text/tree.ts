/** What the text of a message is made of. Nothing else is ever shown, so there is nothing to be sanitised. */
export interface Tree {
	blocks: readonly Block[]
	/** One to three emoji and nothing else: they are shown large. */
	isJumbo: boolean
}

export type Block =
	| { kind: 'paragraph'; children: readonly Inline[] }
	| { kind: 'heading'; level: 1 | 2 | 3; children: readonly Inline[] }
	/** `language`: what its writer says that it is written in, as typed. */
	| { kind: 'codeBlock'; language: string; text: string }
	| { kind: 'quote'; children: readonly Block[] }
	| { kind: 'list'; isOrdered: boolean; items: readonly Item[] }
	| { kind: 'table'; header: readonly Cell[]; rows: readonly (readonly Cell[])[] }
	| { kind: 'rule' }
	/** As it was typed, with its line ends. */
	| { kind: 'plain'; children: readonly (Words | Mark)[] }

/** `number`: as it was typed; `isDone`: of a task. */
export interface Item {
	number?: number
	isDone?: boolean
	children: readonly Block[]
}

export interface Cell {
	align: 'left' | 'center' | 'right' | null
	children: readonly Inline[]
}

export type Inline =
	| Words
	| { kind: 'break' }
	| { kind: 'strong' | 'emphasis' | 'strikethrough'; children: readonly Inline[] }
	| { kind: 'code'; text: string }
	/** `goesTo`: where it really goes, when what is seen of it looks like another address. */
	| { kind: 'link'; href: string; goesTo?: string; children: readonly Inline[] }
	/** `text` is as it was typed; `name` is who or what is meant. */
	| { kind: 'mention' | 'room'; name: string; text: string }

export interface Words {
	kind: 'text'
	text: string
}

/** What was looked for. */
export interface Mark {
	kind: 'mark'
	text: string
}

import type { ComponentChildren } from 'preact'
import { CodeBlock } from './code-block.tsx'
import './text.css'
import { parse, plain } from './tokens.ts'
import type { Block, Cell, Inline, Item, Mark } from './tree.ts'

export interface TextProps {
	content: string
	/** Whom it calls upon, as the message's frame says. */
	mentions?: readonly string[] | undefined
	/** The rooms that `#name` is a link to. The same set each time, until there are others: by it is known what was read already. */
	rooms: ReadonlySet<string>
	/** One's own name. */
	me: string
	/** What was looked for, from where to where in `content`. Then the text is shown as it was typed, without Markdown. */
	highlights?: readonly (readonly [start: number, end: number])[] | undefined
}

/** The text of a message. */
export function Text({ content, mentions = [], rooms, me, highlights }: TextProps) {
	const { blocks, isJumbo } = highlights === undefined ? parse(content, mentions, rooms) : plain(content, highlights)
	return <div class={isJumbo ? 'text jumbo' : 'text'}>{blocks.map((block) => blockOf(block, me, 'auto'))}</div>
}

/** `dir`: none inside of what has found its own by the text of its paragraphs, so that its bar or its number is at their side. */
function blockOf(block: Block, me: string, dir?: 'auto'): ComponentChildren {
	switch (block.kind) {
		case 'paragraph':
			return <p dir={dir}>{inlinesOf(block.children, me)}</p>
		case 'heading':
			return (
				<p dir={dir} class="heading" data-level={block.level}>
					{inlinesOf(block.children, me)}
				</p>
			)
		case 'codeBlock':
			return <CodeBlock language={block.language} text={block.text} />
		case 'quote':
			return <blockquote dir="auto">{block.children.map((child) => blockOf(child, me))}</blockquote>
		case 'list':
			return block.isOrdered ? (
				<ol dir="auto">{itemsOf(block.items, me)}</ol>
			) : (
				<ul dir="auto">{itemsOf(block.items, me)}</ul>
			)
		case 'table':
			return tableOf(block.header, block.rows, me)
		case 'rule':
			return <hr />
		case 'plain':
			return (
				<p dir={dir} class="plain">
					{block.children.map((child) => inlineOf(child, me))}
				</p>
			)
	}
}

function itemsOf(items: readonly Item[], me: string): ComponentChildren {
	return items.map(({ number, isDone, children }) => (
		<li value={number} class={isDone === undefined ? undefined : 'task'}>
			{isDone !== undefined && (
				<input type="checkbox" checked={isDone} disabled aria-label={isDone ? 'Done' : 'To do'} />
			)}
			{children.map((child) => blockOf(child, me))}
		</li>
	))
}

function tableOf(header: readonly Cell[], rows: readonly (readonly Cell[])[], me: string): ComponentChildren {
	return (
		// biome-ignore lint/a11y/useSemanticElements: a fieldset is of a form, and a section would be a landmark of the page
		// biome-ignore lint/a11y/noNoninteractiveTabindex: a wide one is scrolled with the arrow keys
		<div class="scrolled" role="group" tabIndex={0} aria-label="Table">
			<table>
				<thead>
					<tr>
						{header.map(({ align, children }) => (
							<th scope="col" dir="auto" data-align={align}>
								{inlinesOf(children, me)}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{rows.map((cells) => (
						<tr>
							{cells.map(({ align, children }) => (
								<td dir="auto" data-align={align}>
									{inlinesOf(children, me)}
								</td>
							))}
						</tr>
					))}
				</tbody>
			</table>
		</div>
	)
}

function inlinesOf(inlines: readonly Inline[], me: string): ComponentChildren {
	return inlines.map((inline) => inlineOf(inline, me))
}

function inlineOf(inline: Inline | Mark, me: string): ComponentChildren {
	switch (inline.kind) {
		case 'text':
			return inline.text
		case 'break':
			return <br />
		case 'strong':
			return <strong>{inlinesOf(inline.children, me)}</strong>
		case 'emphasis':
			return <em>{inlinesOf(inline.children, me)}</em>
		case 'strikethrough':
			return <del>{inlinesOf(inline.children, me)}</del>
		case 'code':
			return <code dir="auto">{inline.text}</code>
		case 'link':
			return (
				<>
					<a {...destinationOf(inline.href)}>{inlinesOf(inline.children, me)}</a>
					{inline.goesTo !== undefined && <bdi class="goes-to">({inline.goesTo})</bdi>}
				</>
			)
		case 'mention':
			return (
				<span class="mention" data-me={inline.name === me || inline.name === 'room' ? '' : undefined}>
					{inline.text}
				</span>
			)
		case 'room':
			return <a href={`/chat/${inline.name}`}>{inline.text}</a>
		case 'mark':
			return <mark>{inline.text}</mark>
	}
}

/** A link to the chat itself leads there in this page, as the links of the app do; any other one opens beside it. */
function destinationOf(href: string): { href: string; rel?: string; target?: string } {
	if (href.startsWith(`${location.origin}/chat/`)) return { href: href.slice(location.origin.length) }
	return { href, rel: 'noopener noreferrer nofollow', target: '_blank' }
}

import { ArrowUp } from 'lucide'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { chat } from '../state/chat.ts'
import { lastSent } from '../state/composing.ts'
import { hasTouch } from '../state/device.ts'
import type { DraftPlace } from '../state/drafts.ts'
import { say } from '../state/notices.ts'
import { endTyping, tellTyping } from '../state/typing.ts'
import { IconButton } from '../ui/button.tsx'
import { isComposing } from '../ui/keyboard.ts'
import { useEditLast } from './edit-last.ts'
import { emojiEndingAt, hasEmojiCode, withEmoji } from './emoji-codes.ts'
import { emojiNamed, knowEmoji } from './emoji-names.ts'
import { formatFor, linkFor } from './format-keys.ts'
import { insert } from './insert.ts'
import { sizeOf } from './message-size.ts'
import { optionId, SuggestionList } from './suggestion-list.tsx'
import { TypingLine } from './typing-line.tsx'
import { useCompletion } from './use-completion.ts'
import { useDraft } from './use-draft.ts'

interface WriteBoxProps {
	place: DraftPlace
	/** To whom it is said. */
	placeholder: string
	/** The next is to write here. */
	takesFocus: boolean
}

/** Where one writes what is sent. It is never in the way of writing, whatever the line does. */
export function WriteBox({ place: { room, replyTo }, placeholder, takesFocus }: WriteBoxProps) {
	const id = useId()
	const form = useRef<HTMLFormElement>(null)
	const input = useRef<HTMLTextAreaElement>(null)
	const [text, write] = useDraft({ room, replyTo })
	const completion = useCompletion(input, room)
	const editLast = useEditLast({ room, replyTo }, input)
	const size = sizeOf(text, chat.limits?.messageBytes ?? Number.POSITIVE_INFINITY)
	const isOpen = completion.suggestions.length > 0
	// At once: the next key may be for this box, and a later one for something else.
	useLayoutEffect(() => {
		if (takesFocus) input.current?.focus({ preventScroll: true })
	}, [])
	useLayoutEffect(() => fit(input.current as HTMLTextAreaElement), [text])

	const send = () => {
		const element = input.current as HTMLTextAreaElement
		element.focus()
		const content = withEmoji(withoutEdges(element.value), emojiNamed)
		if (content === '' || size?.isTooLong) return
		chat.send(room, content, replyTo === undefined ? {} : { replyTo }).catch((problem) => {
			// What was refused otherwise stands in the outbox.
			if (problem.code !== 'outbox_full') return
			say(problem.message)
			write(content)
		})
		lastSent.value = { room, replyTo }
		write('')
		completion.close()
		endTyping()
	}

	const typed = (event: InputEvent) => {
		const element = event.currentTarget as HTMLTextAreaElement
		const { value, selectionStart } = element
		write(value)
		completion.look()
		if (value.trim() !== '' && replyTo === undefined) tellTyping(room)
		if (hasEmojiCode(value)) knowEmoji().catch(() => {})
		if (event.data !== ':' || event.isComposing) return
		const ended = emojiEndingAt(value, selectionStart, emojiNamed)
		if (ended === undefined) return
		const caret = ended.start + ended.emoji.length
		insert(element, { start: ended.start, end: selectionStart, text: ended.emoji, selection: [caret, caret] })
	}

	const pressed = (event: KeyboardEvent) => {
		if (isComposing(event)) return
		const element = event.currentTarget as HTMLTextAreaElement
		const format = formatFor(event, element)
		if (completion.pressed(event)) event.preventDefault()
		else if (sends(event)) {
			event.preventDefault()
			send()
		} else if (event.key === 'ArrowUp' && element.value === '' && !event.shiftKey && !event.altKey) {
			if (editLast()) event.preventDefault()
		} else if (format !== undefined) {
			event.preventDefault()
			insert(element, format)
		}
	}

	const pasted = (event: ClipboardEvent) => {
		const link = linkFor(event.clipboardData?.getData('text/plain') ?? '', event.currentTarget as HTMLTextAreaElement)
		if (link === undefined) return
		event.preventDefault()
		insert(event.currentTarget as HTMLTextAreaElement, link)
	}

	return (
		<div class="write-box">
			<form
				ref={form}
				class="composer"
				data-too-long={size?.isTooLong || undefined}
				onSubmit={(event) => {
					event.preventDefault()
					send()
				}}
			>
				<textarea
					ref={input}
					value={text}
					aria-label={replyTo === undefined ? 'Message' : 'Reply'}
					placeholder={placeholder}
					rows={1}
					dir="auto"
					data-focus-home={replyTo === undefined || undefined}
					aria-autocomplete="list"
					aria-controls={isOpen ? `${id}-list` : undefined}
					aria-activedescendant={isOpen ? optionId(`${id}-list`, completion.active) : undefined}
					aria-invalid={size?.isTooLong || undefined}
					aria-describedby={size === undefined ? undefined : `${id}-size`}
					onInput={typed}
					onKeyDown={pressed}
					onPaste={pasted}
					onSelect={completion.look}
					onBlur={completion.close}
				/>
				<IconButton
					icon={ArrowUp}
					label="Send"
					type="submit"
					data-ready={(text.trim() !== '' && !size?.isTooLong) || undefined}
				/>
			</form>
			{isOpen && <SuggestionList id={`${id}-list`} completion={completion} above={form} />}
			<div class="write-foot">
				{replyTo === undefined && <TypingLine room={room} />}
				{size === undefined ? (
					<span class="write-hint">
						<b>**bold**</b> <i>_italic_</i> <code>`code`</code> <span>&gt; quote</span>
					</span>
				) : (
					<span id={`${id}-size`} class="write-size" aria-live="polite">
						{size.said}
					</span>
				)}
			</div>
		</div>
	)
}

/** Where there is no keyboard but on the screen, Enter is for the next line, and the button sends. */
function sends({ key, shiftKey, altKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
	if (key !== 'Enter' || shiftKey || altKey) return false
	return ctrlKey || metaKey || !hasTouch()
}

/** Empty lines around it were not meant; spaces before its first words may be. */
function withoutEdges(text: string): string {
	return text.replace(/^(?:[^\S\n]*\n)+/, '').trimEnd()
}

/** As high as what is written, where the style alone cannot. */
function fit(input: HTMLTextAreaElement): void {
	if (CSS.supports('field-sizing', 'content')) return
	input.style.height = 'auto'
	input.style.height = `${input.scrollHeight}px`
}

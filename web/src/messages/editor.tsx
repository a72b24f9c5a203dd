import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { ShownMessage } from '../../../src/client/browser.ts'
import { chat } from '../state/chat.ts'
import { editing } from '../state/composing.ts'
import { bringBack } from '../state/drafts.ts'
import { say } from '../state/notices.ts'
import { Button } from '../ui/button.tsx'
import { focusWhenSeen } from '../ui/focus-when-seen.ts'
import { isComposing } from '../ui/keyboard.ts'
import { askToDelete } from './deleting.ts'
import { draftOf, forgetDraft, keepDraft } from './edit-drafts.ts'
import { editedIn, endEditing } from './editing.ts'
import './editor.css'
import { whyNot } from './why-not.ts'

interface EditorProps {
	message: ShownMessage
	/** Gives the focus to where one writes after it. */
	leave: () => void
}

/** Where a message is written anew, in its place. */
export function Editor({ message, leave }: EditorProps) {
	const { id, room, content } = message
	const input = useRef<HTMLTextAreaElement>(null)
	const [shown, setShown] = useState(() => draftOf(id, content))
	const [problem, setProblem] = useState('')
	const [isSaving, setIsSaving] = useState(false)
	const isOver = useRef(false)
	// At once: a key may come before the next picture.
	useLayoutEffect(() => {
		const element = input.current as HTMLTextAreaElement
		element.setSelectionRange(element.value.length, element.value.length)
		element.form?.scrollIntoView({ block: 'nearest' })
		return focusWhenSeen(element)
	}, [])
	useEffect(() => {
		if (message.erased === undefined) return
		const written = draftOf(id, '')
		const replyTo = editedIn.peek() === 'thread' ? message.replyTo : undefined
		end()
		if (written.trim() === '') return say('This message was deleted meanwhile.')
		bringBack({ room, replyTo }, written)
		say('This message was deleted meanwhile. What you wrote stands below.')
	}, [message.erased])
	const end = () => {
		isOver.current = true
		const mayMove = hasFocus()
		endEditing()
		if (mayMove) leave()
	}
	const save = async () => {
		if (isSaving) return
		// As it is there: the last key may not be drawn yet.
		const text = input.current?.value ?? ''
		if (text.trim() === '') return askToDelete(message)
		if (text === content) return end()
		setIsSaving(true)
		setProblem('')
		try {
			await chat.edit(room, id, text)
			// Meanwhile its writer may have gone on writing, given it up, or begun with another message.
			if (draftOf(id, text) !== text) return
			forgetDraft(id)
			if (!isOver.current && editing.peek() === id) end()
		} catch (error) {
			const why = whyNot(error, 'The text was not saved.')
			if (input.current === null) return say(why)
			setProblem(why)
			if (hasFocus()) input.current.focus()
		} finally {
			setIsSaving(false)
		}
	}
	return (
		<form
			class="editor"
			onSubmit={(event) => {
				event.preventDefault()
				void save()
			}}
		>
			<textarea
				ref={input}
				aria-label="Edited text"
				dir="auto"
				rows={1}
				value={shown}
				onInput={({ currentTarget: { value } }) => {
					setShown(value)
					keepDraft(id, value)
				}}
				onKeyDown={(event) => {
					if (isComposing(event)) return
					if (event.key === 'Enter' && !event.shiftKey) void save()
					else if (event.key === 'Escape') end()
					else return
					event.preventDefault()
					event.stopPropagation()
				}}
			/>
			<p class="problem" role="alert">
				{problem}
			</p>
			<div class="editor-actions">
				<Button type="submit" kind="primary" disabled={isSaving}>
					Save
				</Button>
				<Button kind="quiet" onClick={end}>
					Cancel
				</Button>
			</div>
		</form>
	)
}

/** Whether the focus is here, or nowhere: elsewhere somebody is doing something else. */
function hasFocus(): boolean {
	const { activeElement } = document
	return activeElement === document.body || activeElement?.closest('.editor') != null
}

import { SendHorizontal } from 'lucide'
import { useRef } from 'preact/hooks'
import { chat } from '../state/chat.ts'
import './composer.css'
import { IconButton } from '../ui/button.tsx'

interface ComposerProps {
	room: string
	/** The message that is answered, where it is a thread. */
	replyTo?: string
}

/** Where one writes. */
export function Composer({ room, replyTo }: ComposerProps) {
	const input = useRef<HTMLTextAreaElement>(null)
	const send = () => {
		const element = input.current as HTMLTextAreaElement
		if (element.value.trim() === '') return
		void chat.send(room, element.value, replyTo === undefined ? {} : { replyTo })
		element.value = ''
		element.focus()
	}
	return (
		<form
			class="composer"
			onSubmit={(event) => {
				event.preventDefault()
				send()
			}}
		>
			<textarea
				ref={input}
				aria-label="Message"
				placeholder="Write a message"
				rows={1}
				dir="auto"
				data-focus-home={replyTo === undefined}
				onKeyDown={(event) => {
					if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
					event.preventDefault()
					send()
				}}
			/>
			<IconButton icon={SendHorizontal} label="Send" type="submit" />
		</form>
	)
}

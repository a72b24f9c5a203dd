import type { IconNode } from 'lucide'
import { useLater } from '../later/use-later.ts'
import { IconButton } from '../ui/button.tsx'
import { Popover, useOpener } from '../ui/popover.tsx'
import { usedEmoji } from './recent.ts'

interface EmojiButtonProps {
	label: string
	icon: IconNode
	/** When it is called the picker is closed, and the focus on its button. */
	pick: (emoji: string) => void
}

/** A button by which one finds an emoji among all. */
export function EmojiButton({ label, icon, pick }: EmojiButtonProps) {
	const opener = useOpener()
	const later = useLater()
	return (
		<>
			<IconButton {...opener.button} icon={icon} label={label} aria-haspopup="dialog" />
			{opener.isOpen && (
				<Popover opener={opener} role="dialog" aria-label="Emoji" class="emoji-popover">
					{later && (
						<later.Picker
							pick={(emoji) => {
								usedEmoji(emoji)
								opener.close()
								opener.button.ref.current?.focus({ preventScroll: true })
								pick(emoji)
							}}
						/>
					)}
				</Popover>
			)}
		</>
	)
}

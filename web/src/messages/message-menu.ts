import { Copy, Link, MailOpen, Pencil, Reply, Trash } from 'lucide'
import type { ShownMessage } from '../../../src/client/browser.ts'
import { focusReply, openThread } from '../panels/open-thread.ts'
import { say } from '../state/notices.ts'
import { addressOf } from '../state/place.ts'
import { copyText } from '../ui/copy-text.ts'
import type { MenuItem } from '../ui/menu.tsx'
import { askToDelete } from './deleting.ts'
import { beginEditing, type Where } from './editing.ts'
import { markUnread } from './reading.ts'
import { rightsTo } from './rights.ts'
import { whyNot } from './why-not.ts'

/** What can be done with a message, all of it. */
export function itemsOf(message: ShownMessage, where: Where): readonly MenuItem[] {
	const { room, id, sequence, content } = message
	const rights = rightsTo(message)
	const items: (MenuItem | false)[] = [
		rights.speak && { label: 'Reply', icon: Reply, choose: () => reply(message, where) },
		rights.edit && { label: 'Edit', icon: Pencil, choose: () => beginEditing(id, where) },
		{ label: 'Copy text', icon: Copy, choose: () => copy(content, 'The text is copied.') },
		{
			label: 'Copy link',
			icon: Link,
			choose: () => copy(location.origin + addressOf(room, { sequence }), 'The link is copied.'),
		},
		rights.markUnread && {
			label: 'Mark unread from here',
			icon: MailOpen,
			choose: () => unread(room, sequence),
		},
		rights.delete && { label: 'Delete', icon: Trash, kind: 'danger', choose: () => askToDelete(message) },
	]
	return items.filter((item) => item !== false)
}

/** A thread is one level deep: who answers a reply goes on in the thread that it belongs to. */
export function reply({ room, id, replyTo }: ShownMessage, where: Where): void {
	if (where === 'thread') focusReply()
	else openThread(room, replyTo ?? id)
}

async function copy(text: string, said: string): Promise<void> {
	say((await copyText(text)) ? said : 'The browser does not let this page copy.')
}

async function unread(room: string, sequence: number): Promise<void> {
	try {
		await markUnread(room, sequence)
		say('It is unread from here.')
	} catch (error) {
		say(whyNot(error, 'It was not marked unread.'))
	}
}

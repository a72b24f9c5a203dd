/**
 * Takes a text along, and says whether it could. Without https, or where somebody forbids it, a page has no clipboard but
 * for what is selected. `shown`: where the text stands; it is selected then, so that two keys are left to be pressed.
 */
export async function copyText(text: string, shown?: HTMLElement | null): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text)
		return true
	} catch {
		return shown ? copyShown(shown) : copyUnseen(text)
	}
}

function copyShown(element: HTMLElement): boolean {
	getSelection()?.selectAllChildren(element)
	return document.execCommand('copy')
}

function copyUnseen(text: string): boolean {
	const before = document.activeElement
	const area = document.createElement('textarea')
	area.value = text
	area.className = 'unseen'
	document.body.append(area)
	area.select()
	const isCopied = document.execCommand('copy')
	area.remove()
	if (before instanceof HTMLElement) before.focus({ preventScroll: true })
	return isCopied
}

/** Takes a text along, and says whether it could. Without https a page has no clipboard but for what is selected. */
export async function copyText(text: string): Promise<boolean> {
	if (navigator.clipboard === undefined) return copySelected(text)
	return navigator.clipboard.writeText(text).then(
		() => true,
		() => false,
	)
}

function copySelected(text: string): boolean {
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

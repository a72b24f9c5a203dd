/**
 * Whether a key is part of a character that is still being put together. Safari says that this is over before the Enter
 * that ends it.
 */
export function isComposing(event: KeyboardEvent): boolean {
	return event.isComposing || event.keyCode === 229
}

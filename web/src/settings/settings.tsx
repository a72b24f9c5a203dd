/** Oneself, and what one administers; by sections. */
export function Settings({ section }: { section: string }) {
	return <main>{section}</main>
}

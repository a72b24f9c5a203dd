declare module 'virtual:emoji' {
	/** Where the list of all emoji is. */
	const address: string
	export default address
}

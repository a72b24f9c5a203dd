/** Of an account. */
export type Role = 'owner' | 'admin' | 'member' | 'bot' | 'guest'

/** What somebody is here, in words. */
export const roleWords: Readonly<Record<Role, string>> = {
	owner: 'Owner',
	admin: 'Administrator',
	member: 'Member',
	bot: 'Bot',
	guest: 'Guest',
}

import {
	Bell,
	BookOpenCheck,
	Bot,
	type IconNode,
	Info,
	KeyRound,
	MonitorSmartphone,
	Send,
	Ticket,
	UserRound,
	UsersRound,
} from 'lucide'
import type { ComponentType } from 'preact'
import { isAdministrator, isGuest } from '../state/rights.ts'
import { About } from './about.tsx'
import { Audit } from './audit.tsx'
import { Hooks } from './hooks.tsx'
import { Invitations } from './invitations.tsx'
import { Notifications } from './notifications.tsx'
import { People } from './people.tsx'
import { Profile } from './profile.tsx'
import { Sessions } from './sessions.tsx'
import { Tokens } from './tokens.tsx'
import { Webhooks } from './webhooks.tsx'

export interface Section {
	/** In its address. */
	name: string
	title: string
	/** What it is for. */
	hint?: string
	icon: IconNode
	Content: ComponentType
	isForAdmins?: true
}

const sections: readonly Section[] = [
	{ name: 'profile', title: 'Profile', icon: UserRound, Content: Profile },
	{
		name: 'sessions',
		title: 'Sessions',
		hint: 'Where you are signed in. If one of these is not you, sign it out and change your password.',
		icon: MonitorSmartphone,
		Content: Sessions,
	},
	{ name: 'notifications', title: 'Notifications', icon: Bell, Content: Notifications },
	{
		name: 'tokens',
		title: 'Tokens',
		hint: 'A token lets a script, a bot or the command line in without a password. Each can be given less than all, and taken back.',
		icon: KeyRound,
		Content: Tokens,
	},
	{
		name: 'hooks',
		title: 'Hooks',
		hint: 'A hook is an address by which another program says something in one room: GitHub, a monitor, a script.',
		icon: Bot,
		Content: Hooks,
	},
	{
		name: 'webhooks',
		title: 'Webhooks',
		hint: 'The other way round: what happens in your rooms is posted to an address, signed and in order, until it has arrived.',
		icon: Send,
		Content: Webhooks,
	},
	{
		name: 'invitations',
		title: 'Invitations',
		hint: 'An invitation is a link by which one person gets an account.',
		icon: Ticket,
		Content: Invitations,
		isForAdmins: true,
	},
	{
		name: 'people',
		title: 'People',
		hint: 'Everybody who has an account here, and the bots.',
		icon: UsersRound,
		Content: People,
		isForAdmins: true,
	},
	{
		name: 'audit',
		title: 'Audit',
		hint: 'Who came in, who was refused, and who gave whom which right. Addresses are erased after 30 days.',
		icon: BookOpenCheck,
		Content: Audit,
		isForAdmins: true,
	},
	{ name: 'about', title: 'About', icon: Info, Content: About },
]

/** None for guests: there is nothing of theirs to set. */
export function ownSections(): readonly Section[] {
	if (isGuest()) return []
	return sections.filter(({ isForAdmins }) => !isForAdmins || isAdministrator())
}

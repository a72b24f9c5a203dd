/*
 * Who may do what, written down by hand: a change of the policy that nobody has thought through
 * shows here.
 */

/** Who asks. The tokens are an owner's, so that nothing but the token says no. */
export const callers = [
	'owner',
	'admin',
	'member',
	'bot',
	/** Without credentials, where guests are let in. */
	'guest',
	/** Without credentials, where they are not. */
	'nobody',
	'reading token',
	'writing token',
	/** A token for the very rooms that it is tried in. */
	'token for here',
	/** A token for another room alone. */
	'token for elsewhere',
	/** Whoever can open the files of the server. */
	'control',
] as const

export type Caller = (typeof callers)[number]

/** What room it is, as the caller stands to it. */
export const roomKinds = [
	'open, as moderator',
	'open, as member',
	'open, as stranger',
	'private, as moderator',
	'private, as member',
	'private, as stranger',
	'nowhere',
] as const

export type RoomKind = (typeof roomKinds)[number]

/**
 * `+` it happens; `F` forbidden; `?` the same answer as for a room that is nowhere; `N` there is
 * nothing of that name in the room; `T` the name is taken; `!` not authenticated; `-` cannot be.
 */
export type Outcome = '+' | 'F' | '?' | 'N' | 'T' | '!' | '-'

type Row = Readonly<Record<Caller, string>>

/** In the order of the kinds of rooms. */
const inRooms: Readonly<Record<string, Row>> = {
	read: {
		owner: '+++ ++? ?',
		admin: '+++ ++? ?',
		member: '+++ ++? ?',
		bot: '+++ ++? ?',
		guest: '--+ --? ?',
		nobody: '--! --! !',
		'reading token': '+++ ++? ?',
		'writing token': '+++ ++? ?',
		'token for here': '+++ ++? ?',
		'token for elsewhere': '??? ??? ?',
		control: '--+ --+ ?',
	},
	/** The machine's administration is nobody, so it follows nothing. */
	follow: {
		owner: '+++ ++? ?',
		admin: '+++ ++? ?',
		member: '+++ ++? ?',
		bot: '+++ ++? ?',
		guest: '--+ --? ?',
		nobody: '--! --! !',
		'reading token': '+++ ++? ?',
		'writing token': '+++ ++? ?',
		'token for here': '+++ ++? ?',
		'token for elsewhere': '??? ??? ?',
		control: '--F --F F',
	},
	post: {
		owner: '+++ ++? ?',
		admin: '+++ ++? ?',
		member: '+++ ++? ?',
		bot: '+++ ++? ?',
		guest: '--- --- -',
		nobody: '--! --! !',
		'reading token': 'FFF FF? ?',
		'writing token': '+++ ++? ?',
		'token for here': '+++ ++? ?',
		'token for elsewhere': '??? ??? ?',
		control: '--F --F F',
	},
	/** Where guests are let in, naming a room opens it: who may open none does not learn that a name is taken. */
	'post, with guests': {
		owner: '+++ ++T +',
		admin: '+++ ++T +',
		member: '+++ ++T +',
		bot: '+++ ++? ?',
		guest: '--+ --T +',
		nobody: '--- --- -',
		'reading token': 'FFF FF? ?',
		'writing token': '+++ ++T +',
		'token for here': '+++ ++? ?',
		'token for elsewhere': '??? ??? ?',
		control: '--F --F F',
	},
	'follow, with guests': {
		owner: '+++ ++? +',
		admin: '+++ ++? +',
		member: '+++ ++? +',
		bot: '+++ ++? ?',
		guest: '--+ --? +',
		nobody: '--- --- -',
		'reading token': '+++ ++? ?',
		'writing token': '+++ ++? +',
		'token for here': '+++ ++? ?',
		'token for elsewhere': '??? ??? ?',
		control: '--F --F F',
	},
	type: {
		owner: '+++ ++? ?',
		admin: '+++ ++? ?',
		member: '+++ ++? ?',
		bot: '+++ ++? ?',
		guest: '--+ --? ?',
		nobody: '--! --! !',
		'reading token': 'FFF FF? ?',
		'writing token': '+++ ++? ?',
		'token for here': '+++ ++? ?',
		'token for elsewhere': '??? ??? ?',
		control: '--F --F F',
	},
	react: {
		owner: '+++ ++? ?',
		admin: '+++ ++? ?',
		member: '+++ ++? ?',
		bot: '+++ ++? ?',
		guest: '--+ --? ?',
		nobody: '--! --! !',
		'reading token': 'FFF FF? ?',
		'writing token': '+++ ++? ?',
		'token for here': '+++ ++? ?',
		'token for elsewhere': '??? ??? ?',
		control: '--F --F F',
	},
	/** What one has said oneself. */
	edit: {
		owner: '+++ ++? ?',
		admin: '+++ ++? ?',
		member: '+++ ++? ?',
		bot: '+++ ++? ?',
		guest: '--F --? ?',
		nobody: '--! --! !',
		'reading token': 'FFF FF? ?',
		'writing token': '+++ ++? ?',
		'token for here': '+++ ++? ?',
		'token for elsewhere': '??? ??? ?',
		control: '--F --F F',
	},
	/** Delete what one has said oneself; of the administration of the machine nothing is, so it moderates. */
	'take back': {
		owner: '+++ ++? ?',
		admin: '+++ ++? ?',
		member: '+++ ++? ?',
		bot: '+++ ++? ?',
		guest: '--F --? ?',
		nobody: '--! --! !',
		'reading token': 'FFF FF? ?',
		'writing token': '+++ ++? ?',
		'token for here': '+++ ++? ?',
		'token for elsewhere': '??? ??? ?',
		control: '--+ --+ ?',
	},
	'mark-read': {
		owner: '+++ ++? ?',
		admin: '+++ ++? ?',
		member: '+++ ++? ?',
		bot: '+++ ++? ?',
		guest: '--F --? ?',
		nobody: '--! --! !',
		'reading token': 'FFF FF? ?',
		'writing token': '+++ ++? ?',
		'token for here': '+++ ++? ?',
		'token for elsewhere': '??? ??? ?',
		control: '--F --F F',
	},
	/** What others have said, and whether they may go on. */
	moderate: {
		owner: '+++ ++? ?',
		admin: '+++ ++? ?',
		member: '+FF +F? ?',
		bot: '+FF +F? ?',
		guest: '--F --? ?',
		nobody: '--! --! !',
		'reading token': 'FFF FF? ?',
		'writing token': 'FFF FF? ?',
		'token for here': '+++ ++? ?',
		'token for elsewhere': '??? ??? ?',
		control: '--+ --+ ?',
	},
	/** Where there is no such room, it is opened. */
	'change-room': {
		owner: '+++ ++T +',
		admin: '+++ ++T +',
		member: '+FF +FT +',
		bot: '+FF +F? ?',
		guest: '--F --T F',
		nobody: '--! --! !',
		'reading token': 'FFF FF? ?',
		'writing token': 'FFF FFT +',
		'token for here': '+++ ++? ?',
		'token for elsewhere': '??? ??? ?',
		control: '--+ --+ +',
	},
	/** Opens none. */
	archive: {
		owner: '+++ ++? ?',
		admin: '+++ ++? ?',
		member: '+FF +F? ?',
		bot: '+FF +F? ?',
		guest: '--F --? ?',
		nobody: '--! --! !',
		'reading token': 'FFF FF? ?',
		'writing token': 'FFF FF? ?',
		'token for here': '+++ ++? ?',
		'token for elsewhere': '??? ??? ?',
		control: '--+ --+ ?',
	},
	/** Somebody else's membership. */
	'change-members': {
		owner: '+++ ++? ?',
		admin: '+++ ++? ?',
		member: '+FF +F? ?',
		bot: '+FF +F? ?',
		guest: '--F --? ?',
		nobody: '--! --! !',
		'reading token': 'FFF FF? ?',
		'writing token': 'FFF FF? ?',
		'token for here': '+++ ++? ?',
		'token for elsewhere': '??? ??? ?',
		control: '--+ --+ ?',
	},
	/** One's own membership; nothing happens where one is a member already. */
	join: {
		owner: '+++ ++? ?',
		admin: '+++ ++? ?',
		member: '+++ ++? ?',
		bot: '+++ ++? ?',
		guest: '--F --? ?',
		nobody: '--! --! !',
		'reading token': 'FFF FF? ?',
		'writing token': '+++ ++? ?',
		'token for here': '+++ ++? ?',
		'token for elsewhere': '??? ??? ?',
		control: '--N --N ?',
	},
	leave: {
		owner: '++N ++? ?',
		admin: '++N ++? ?',
		member: '++N ++? ?',
		bot: '++N ++? ?',
		guest: '--F --? ?',
		nobody: '--! --! !',
		'reading token': 'FFN FF? ?',
		'writing token': '++N ++? ?',
		'token for here': '++N ++? ?',
		'token for elsewhere': '??? ??? ?',
		control: '--N --N ?',
	},
}

/** In the conversation of the caller with the other one; of two others, where the caller is nobody who could have one. */
const inDirects: Readonly<Record<string, string>> = {
	//               owner, admin, member, bot; guest, nobody; reading, writing, here, elsewhere; control
	read: '++++ F! ++?? ?',
	follow: '++++ F! ++?? F',
	post: '++++ F! F+?? F',
	type: '++++ F! F+?? F',
	react: '++++ F! F+?? F',
	edit: '++++ F! F+?? F',
	'take back': '++++ F! F+?? ?',
	'mark-read': '++++ F! F+?? F',
	'change-room': 'FFFF F! FF?? ?',
	'change-members': 'FFFF F! FF?? ?',
	join: 'FFFF F! FF?? ?',
	leave: 'FFFF F! FF?? ?',
	moderate: 'FFFF F! FF?? ?',
	archive: 'FFFF F! FF?? ?',
}

/** In the order of the callers. */
const onTheServer: Readonly<Record<string, string>> = {
	//               owner, admin, member, bot; guest, nobody; reading, writing, here, elsewhere; control
	public: '++++ ++ ++++ +',
	'look-around': '++++ +! ++++ +',
	'follow all': '++++ +! ++++ F',
	'see-presence': '++++ +! ++FF +',
	'be-present': '++++ +! F+FF F',
	'see-users': '++++ F! ++FF +',
	'own-sessions': '+++F F! FFFF F',
	'own-consumers': '++++ F! ++++ F',
	'change-account': '+++F F! FFFF +',
	'handle-tokens': '+++F F! FFFF +',
	invite: '++FF F! FFFF +',
	'change-users': '++FF F! FFFF +',
	'read-audit': '++FF F! FFFF +',
	// Who comes without credentials is a program on the server's machine here.
	'read-metrics': '+FFF ++ ++FF +',
	operate: 'FFFF F! FFFF +',
}

export type Right = string

export function isInRoom(right: Right): boolean {
	if (!Object.hasOwn(inRooms, right) && !Object.hasOwn(onTheServer, right)) {
		throw new Error(`nobody has written down who may ${right}`)
	}
	return Object.hasOwn(inRooms, right)
}

export function expectedInRoom(right: Right, caller: Caller, kind: RoomKind): Outcome {
	const row = inRooms[right]?.[caller].replaceAll(' ', '') ?? ''
	return row[roomKinds.indexOf(kind)] as Outcome
}

export function expectedInDirect(right: Right, caller: Caller): Outcome {
	const row = inDirects[right]
	if (row === undefined) throw new Error(`nobody has written down who may ${right} in a conversation`)
	return row.replaceAll(' ', '')[callers.indexOf(caller)] as Outcome
}

export function expectedOnServer(right: Right, caller: Caller): Outcome {
	return onTheServer[right]?.replaceAll(' ', '')[callers.indexOf(caller)] as Outcome
}

/** A line of text that names something fits a screen; these are the contract's own lengths. */
export const userNameCharsMax = 32
export const userNamePattern: RegExp = /^[a-z0-9][a-z0-9._-]{0,31}$/
export const roomNamePattern: RegExp = /^[a-z0-9][a-z0-9._-]{0,63}$/

/** A message is something that a person reads: 64 KiB of UTF-8, as much as a request's body. */
export const contentBytesMax = 65_536

/** The longest emoji that there are, people of two colours who kiss, take 35. */
export const emojiBytesMax = 64
/** Different emoji at one message: what fits below it. */
export const reactionKindsMax = 20
/** Reactions to one message, each of which is named wherever the message is read. */
export const reactionsMax = 500
/** The same, with those that were taken back: they are kept, since it can be asked how it was. */
export const reactionsEverMax = 1_000
/** Names that are looked up of those that a message calls, some 10 µs each: a text of 64 KiB could hold 20,000 of them. */
export const namesCalledMax = 20

/** A program that shows its progress can say it all day; the texts of a message are still one page, and one erasure. */
export const editsMax = 500

/** Long enough for a UUID or a hash with a prefix. */
export const idempotencyKeyCharsMax = 255

/** Guests open rooms by naming them, so a stranger could name rooms for ever. */
export const roomsMax = 10_000

/** One fsync for at most so many commands: enough to share it, few enough to answer quickly. */
export const batchMax = 256

/** So many commands go to the writer before the turn is over: it begins while others are being read. */
export const handOverMax = 64

/** Commands waiting for the writer. At 15,000 a second, the last one waits under a second. */
export const queueMax = 10_000

/** A title fits a line of a list, a topic the head of a page. */
export const titleCharsMax = 128
export const topicCharsMax = 1_024

/** A person's display name fits beside what they say. */
export const displayNameCharsMax = 64

/** What a token or hook is for, in a few words. */
export const labelCharsMax = 128

/** What a program calls itself, as far as anybody reads it. */
export const agentCharsMax = 256

/** A company's chat; a list of them is still one answer. */
export const usersMax = 10_000

/** Everybody can be in one room. */
export const membersMax: number = usersMax

/** More devices than a person has; the oldest session makes room for a new one. */
export const sessionsMax = 50

/** A token a script, for one person's scripts. */
export const tokensMax = 200

/** A consumer a device and script: as many as tokens, and a list of them is one answer. */
export const consumersMax = 200

/** A hook a program and room, for what reports as one bot. All of them end at once with its account. */
export const hooksMax = 100

/** A webhook an address: each is a reader that is there all the time. */
export const webhooksMax = 50
/** Longer ones are cut off somewhere on their way. */
export const webhookUrlCharsMax = 2_048

/** A filter is a line that somebody has written, not a program. */
export const filterCharsMax = 1_000

/** Invitations that nobody has used; revoke some to issue more. */
export const invitationsMax = 1_000

/** The rooms that an invitation or a token can name. */
export const namedRoomsMax = 100

export const dayMs: number = 24 * 60 * 60 * 1_000

/** A session ends so long after the sign-in, whatever happens. */
export const sessionMs: number = 90 * dayMs

/** An invitation is good for a week unless told otherwise, and never for more than a year. */
export const invitationMs: number = 7 * dayMs
export const invitationMsMax: number = 365 * dayMs

/** Addresses help to understand an attack, and are personal: after so long they are erased. */
export const addressesKeptMs: number = 30 * dayMs

/** Addresses that one event erases. */
export const addressesErasedMax = 500

/** Who was here is of no use a week later, and personal: then the names of guests are erased. */
export const presenceTextsKeptMs: number = 7 * dayMs

/** Names that one event erases. */
export const presenceTextsErasedMax = 500

/** Texts that name a person which one event erases. */
export const personalTextsErasedMax = 500

/** Messages that one command erases, each with an event of its own: others wait for it no longer than for a batch. */
export const messagesErasedMax = 100

/** Memberships that one command ends when their person is erased: as for messages. Hardly anybody has more. */
export const membershipsEndedMax = 200

/** Names of guests who were banned or muted that one event erases. */
export const sanctionTextsErasedMax = 500

/** How often it is looked for what was kept for long enough. */
export const choresEveryMs: number = 60 * 60 * 1_000

/**
 * Texts of messages that one command erases: some milliseconds of the writer, in which nobody else has a turn, and
 * a tenth of a second where each is as long as it may be. A message that alone has more goes by itself.
 */
export const textsErasedMax = 500

/** Bans, and mutes, that hold in a room: a list of them is one answer, and each is read from the log for it. */
export const sanctionsMax = 1_000

/** Why somebody was banned or muted, in a sentence or two. */
export const reasonCharsMax = 512

/** Nobody means an end that is farther away than ten years. */
export const sanctionMsMax: number = 3_650 * dayMs

/** How often it is looked for messages beyond what is kept: nobody is shown them any more, so there is no hurry. */
export const retentionEveryMs = 60_000
/** A clock that goes forward by more than this may be wrong, unless the server was off: nobody waits for a month. */
export const clockJumpMs: number = 30 * dayMs
/** For somebody to set it, or for it to be set by the network; what is too old is only hidden meanwhile. */
export const clockDoubtedMs: number = dayMs

/** Rooms that are looked at in one turn of the loop: about a millisecond. */
export const roomsLookedAtMax = 500

/** Of a room's newest messages. More than that is as good as all. */
export const keptMessagesMax = 1_000_000

/** A hundred years. */
export const keptMsMax: number = 36_500 * dayMs

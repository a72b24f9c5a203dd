import { contentBytesMax, dayMs } from '../commands/limits.ts'

/** Requests and WebSocket frames: a message of the largest size does not fit more than once. */
export const bodyBytesMax = 65_536

/** The same in JSON, where some programs escape every character: `\u00e9`. */
export const jsonBytesMax: number = 6 * contentBytesMax + 1_024

/** What a hook is sent: an event of GitHub's about one push can have some hundred KiB, of which little is shown. */
export const hookBodyBytesMax: number = 1024 * 1024

/** Of a list in what a hook is sent so many are shown, and how many more there are: nobody reads the hundredth alert. */
export const hookItemsMax = 50

/** Of a text that is quoted from elsewhere, where there is a link to the whole. */
export const hookQuoteCharsMax = 1_000

/** The deepest payload of a known sender, Slack's rich text, has ten levels. */
export const payloadDepthMax = 64

/** How far a signature's time may be from ours, either way: as Standard Webhooks recommends. */
export const signatureAgeSMax: number = 5 * 60

/** Failed proofs from one address at one hook: a sender that is set up wrongly is stopped, and no other with it. */
export const triesPerHookMax = 20
/** Failed tries of one address at all hooks: of a whole rack of machines that are set up wrongly. */
export const triesAtHooksMax = 200

export const historyLimitDefault = 50
export const historyLimitMax = 500
/** Text in a page of history, after which it ends early: an answer is a bounded piece of work. */
export const historyCharsMax: number = 1024 * 1024
/**
 * The same over WebSocket, where it is one frame: also with every character escaped it stays below the
 * mebibyte that Python's clients take.
 */
export const webSocketHistoryCharsMax: number = 128 * 1024
/**
 * What a reaction counts for in a page, as so many characters of text, also one that was taken back: its name
 * and finding it. That of a guest has to be read from the log.
 */
export const reactionWeight = 64
export const guestReactionWeight = 512
/** What `get_history` answers when it names no limit. */
export const webSocketHistoryDefault = 100

/** Silence on a stream, after which a mark tells the client that it is still there. */
export const heartbeatMs = 15_000

/** So many positions may pass a stream unseen before a mark moves its cursor on. */
export const hiddenPositionsMax = 1_000

/** Events that are read and delivered at once: a page is under a millisecond of work. */
export const pageEvents = 256

/** A page with less text than this, and few events, may be followed by another in the same turn. */
export const lightPageChars: number = 32 * 1024

/** What all who catch up may take of one turn of the loop. */
export const catchUpMsMax = 5

/** Farther behind the head than this, pages come from the reader's thread. */
export const nearHeadPositions = 2_048

/** What may wait in a socket before its reader counts as slow and reads on from the log. */
export const socketBytesMax = 256 * 1024

/** A reader whose socket does not drain for so long is closed; it resumes by its cursor. */
export const drainMsMax = 60_000

/** Streams and WebSockets at once; each costs about 30 KiB of memory. */
export const connectionsMax = 20_000

/**
 * Open files that are no connections of others: 60 of the databases and threads; the rest for temporary ones of SQLite, views that
 * are built anew, commands of the administration, names that are looked up.
 */
export const filesKept = 128
/** With fewer connections than this nobody would be served, and it is better to say so at the start. */
export const socketsMin = 32
/** Commands of the administration at once; the others are told to come again. */
export const controlConnectionsMax = 32
/** That connections are refused is said once, and again only after so long a time without. */
export const refusedQuietMs = 60_000
/** While connections are refused, so often those are closed on which nothing is asked. */
export const roomEveryMs = 1_000

/** Subscriptions of one WebSocket. */
export const subscriptionsMax = 256

/** Of a filter: names, values and what joins them: more than fits in a line. */
export const filterPartsMax = 128
export const filterDepthMax = 32
/** The names of a large team. */
export const filterListMax = 64
/** Each may go through 64 KiB of text, which takes up to 0.4 ms. */
export const filterSearchesMax = 8
/** What is asked for again and again is understood once, a few kilobytes each. */
export const filtersKept = 1_000

/** A frame, which a filter that looks for a few words goes through in a thousandth of that. */
export const dearFilterMs = 0.1

/** What filters may take of what is delivered together; those that are dear and were not asked by then read at their own pace. */
export const filterMsMax = 25

/** As long as most proxies wait for an answer. */
export const waitMsDefault = 30_000
/** Longer waits are many: nobody knows of a connection that is silent for hours whether it is still there. */
export const waitMsMax: number = 60 * 60 * 1_000

/** To post to a webhook and to have read what is answered: whoever needs longer answers first, and works then. */
export const webhookMsMax = 15_000
/** What is answered can be said, and then it is a message; in JSON, where characters are escaped. */
export const webhookAnswerBytesMax: number = jsonBytesMax
/** Webhooks that post at once; others wait for their turn. */
export const webhooksAtOnceMax = 256
/** Between the first two tries; then twice as long each time. */
export const webhookRetryMs = 1_000
/** Between two tries at the most. */
export const webhookRetryMsMax: number = 60 * 60 * 1_000
/** So long a webhook that fails is tried: a long weekend, and some days to notice. */
export const webhookTriedMs: number = 7 * dayMs
/** What was read is posted for so long without reading it again: what is erased is not said later. */
export const webhookBatchMs = 1_000
/** Who lost the right to hear is asked again for it so often. */
export const webhookRightsMs = 30_000

/** Messages of one WebSocket that wait to be answered; then its socket is read no further. */
export const webSocketQueueMax = 256

/** Rooms that one stream may name. */
export const streamRoomsMax = 256

/** A page of a search, and the text in it as in a page of history. */
export const searchLimitDefault = 20
export const searchLimitMax = 100

/** What a client has to know before it sends something. */
export const toldLimits = {
	messageBytes: bodyBytesMax,
	historyMessages: historyLimitMax,
	subscriptions: subscriptionsMax,
} as const

/** A room with more members than this tells a client that begins only how many they are. */
export const syncMembersMax = 100
/** Members that it is told of in all; for who is in a great many rooms. */
export const syncMembersInAllMax = 5_000

/** Between the server's pings; who has not answered one by the next is gone. */
export const pingMs = 25_000

/** How long a connection that broke stays present, so that a tunnel is not a farewell. */
export const presenceGraceMs = 5_000
/** Longer than any tunnel; who is gone for an hour is gone. */
export const presenceGraceMsMax: number = 60 * 60 * 1_000

/** Who did nothing for so long is away, whatever is connected. */
export const presenceAwayMs: number = 5 * 60 * 1_000

/** People who go away for doing nothing at once; each of them is told to all, and after a restart they are many. */
export const idleAtOnceMax = 100

/** A person's transitions in a minute; beyond it only the last one counts, when there is room again. */
export const transitionsPerMinute = 20

/** A person's joins and leaves in a minute: enough to enter every room that a WebSocket can follow. */
export const visitsPerMinute = 300

/** People whose allowances are kept before those are forgotten who did nothing for a minute. */
export const allowancesMax = 10_000

/** With more present, joins and leaves of a room are told as a count: one by one they cost their number's square. */
export const toldOneByOneMax = 200

/** Between two counts of who is present in a room. */
export const presenceCountMs = 5_000

/** One typing notice a connection in this time; the rest is dropped. */
export const typingMs = 1_000

/** How often it is recorded how far somebody has read in a room; who scrolls says it with every message. */
export const readMarkerEveryMs = 5_000
/** Markers that were recorded so recently that they may have to wait; all that wait go to the writer when the server stops. */
export const readMarkersRecentMax = 5_000

/** Requests of one connection that are worked on at once; clients that pipeline send a few. */
export const pipelinedMax = 16

/** For the answer to a broken request to arrive before the socket is destroyed. */
export const lingerMs = 1_000

/** A program that reports all it does; a person writes less in an hour. */
export const postsPerSecondDefault = 20
/** For one post much is read. */
export const requestsPerPost = 10
/** So many seconds' worth may be saved up: what was written offline comes at once. */
export const limitBurstSeconds = 5
/** Callers of whom it is remembered how much they did, before those are forgotten who did nothing for a while. */
export const limitedCallersMax = 10_000

/** A batch takes milliseconds, on a slow disk a second; views that lack what is older than this do not follow any more. */
export const viewsBehindMsMax = 5_000

/** How often it is looked how late the main loop is: a tenth of a second is what people begin to notice. */
export const loopSampledEveryMs = 100
/** A consumer that did not move for so long is nobody's any more, and no program that is behind. */
export const consumersAbandonedMs: number = dayMs

/** To receive a request: headers and body. */
export const requestMsMax = 30_000

/** From the signal to the exit, whatever hangs: a service manager kills after ten seconds. */
export const stopMsMax = 9_000

/** Credentials and guests whose identity is kept in memory; then all are looked up again. */
export const identitiesMax = 20_000

/** A session that nobody used for so long is over: the device was given away, or forgotten. */
export const sessionIdleMs: number = 14 * dayMs

/** How often it is written down when sessions and tokens were last used. */
export const usesKeptEveryMs = 60_000

/** The setup code is printed where others may see it later; then a new one is made. */
export const setupCodeMs: number = dayMs
/** So long after it could not be written another one is tried. */
export const setupCodeAgainMs = 60_000

/** A page of the audit. */
export const auditLimitDefault = 50
export const auditLimitMax = 500

/** Refused attempts that are recorded a minute; a stranger who guesses must not fill the log. */
export const attemptsRecordedMax = 60

/** Shorter passwords are guessed at leisure by whoever gets hold of the hashes. */
export const passwordBytesMin = 8
/** More than any password manager makes, and a bound for what is normalised and hashed. */
export const passwordBytesMax = 1_024

/** Passwords that are hashed at once: half of the thread pool, so that files and names are never behind them. */
export const hashesAtOnce = 2
/** Passwords that wait to be hashed: the last one of them is answered within half a minute. */
export const hashesWaitingMax = 512

/** How long a try with a wrong password or code counts. */
export const triesWindowMs: number = 10 * 60 * 1_000
/** Failed tries from one address: behind it there may be a whole office that mistypes. */
export const triesPerAddressMax = 20
/** Failed tries of one account, from wherever: a person needs fewer, and guessing gets nowhere. */
export const triesPerAccountMax = 10
/** Addresses, and accounts, whose failed tries are remembered; each costs at most some hundred bytes. */
export const triesRememberedMax = 20_000

/** To say who one is, on a WebSocket of a server that lets nobody in without credentials. */
export const helloMsMax = 5_000

/** How often a rebuild says how far it is. */
export const progressEveryMs = 200

/** Passwords of one address that are checked at once: half of those that can wait. */
export const attemptsAtOnceMax = 256

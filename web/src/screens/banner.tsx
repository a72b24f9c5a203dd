import { RotateCw } from 'lucide'
import { useEffect, useState } from 'preact/hooks'
import { isNewVersion } from '../service-worker/register.ts'
import { chat, outbox, status } from '../state/chat.ts'
import { askPermission, endHint, isHinting } from '../state/notifying.ts'
import { inWords } from '../state/problems.ts'
import { Button } from '../ui/button.tsx'
import './banner.css'

/** An interruption that is over sooner is not worth a word. */
const blinkMs = 1_000

/** How the connection stands, in plain words, and what else there is to know. It lies over the messages, which stay where they are. */
export function Banner() {
	return (
		<div class="banners">
			<Connection />
			{isNewVersion.value && (
				<div class="banner" aria-live="polite">
					<p>A new version is here.</p>
					<Button onClick={() => location.reload()}>Reload</Button>
				</div>
			)}
			{isHinting.value && (
				<div class="banner" aria-live="polite">
					<p>Do you want to be told when somebody writes to you?</p>
					<Button kind="primary" onClick={askPermission}>
						Turn on
					</Button>
					<Button kind="quiet" onClick={endHint}>
						Not now
					</Button>
				</div>
			)}
		</div>
	)
}

function Connection() {
	const { state } = status.value
	const isDown = state !== 'live'
	const isShown = useLasting(isDown, blinkMs) && isDown
	return (
		<div class="banner" data-state={isShown ? state : 'live'}>
			<p role="status" class={isShown ? undefined : 'unseen'}>
				{isDown ? (isShown ? words() : '') : 'Connected'}
			</p>
			{isShown && state === 'offline' && (
				<Button icon={RotateCw} onClick={() => chat.reconnect()}>
					Try now
				</Button>
			)}
		</div>
	)
}

function words(): string {
	const { state, problem } = status.value
	if (state === 'connecting') return 'Connecting …'
	if (state !== 'offline') return 'Catching up …'
	const waiting = outbox.value.filter(({ state }) => state === 'waiting' || state === 'sending').length
	const why = problem === undefined || problem.code === 'unreachable' ? 'No connection.' : inWords(problem.message)
	if (waiting === 0) return `${why} What you write is kept, and sent later.`
	return `${why} ${waiting === 1 ? '1 message waits' : `${waiting} messages wait`} to be sent.`
}

/** Whether it has been so for that long. */
function useLasting(isSo: boolean, ms: number): boolean {
	const [isLasting, setIsLasting] = useState(false)
	useEffect(() => {
		if (!isSo) return setIsLasting(false)
		const timer = setTimeout(setIsLasting, ms, true)
		return () => clearTimeout(timer)
	}, [isSo, ms])
	return isLasting
}

import { useState } from 'preact/hooks'
import { Button } from '../ui/button.tsx'

/** Whether the browser may say that somebody calls. */
export function Notifications() {
	const [permission, setPermission] = useState(globalThis.Notification?.permission)
	if (permission === undefined) return <p>This browser shows no notifications from here.</p>
	if (permission === 'granted') return <p>Notifications are allowed in this browser.</p>
	if (permission === 'denied') return <p>Notifications are turned off in the settings of your browser.</p>
	return (
		<div>
			<Button kind="primary" onClick={async () => setPermission(await Notification.requestPermission())}>
				Allow notifications
			</Button>
		</div>
	)
}

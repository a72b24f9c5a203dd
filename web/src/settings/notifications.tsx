import { askPermission, chooseNotifyWhen, type NotifyWhen, notifyWhen, permission } from '../state/notifying.ts'
import { Button } from '../ui/button.tsx'
import { Choice } from '../ui/field.tsx'

const options = [
	['calls', 'Direct messages and mentions'],
	['all', 'Every message'],
	['none', 'Nothing'],
] as const

/** Of what one is notified in this browser. */
export function Notifications() {
	return (
		<>
			<p>{words[permission.value]}</p>
			{permission.value === 'default' && (
				<div>
					<Button kind="primary" onClick={askPermission}>
						Turn on notifications
					</Button>
				</div>
			)}
			{permission.value === 'granted' && (
				<Choice
					label="Notify me of"
					hint="Only while you are elsewhere, and never of what you have read on another device."
					options={options}
					value={notifyWhen.value}
					onChange={({ target }) => chooseNotifyWhen((target as HTMLSelectElement).value as NotifyWhen)}
				/>
			)}
		</>
	)
}

const words = {
	default: 'They tell you that somebody has written while you are elsewhere. Your browser will ask you whether it may.',
	granted: 'They are on in this browser.',
	denied: 'Your browser does not show any of this site. To change that, look into its settings for this site.',
	unable: 'This browser has none for this page. They need an address that begins with https.',
}

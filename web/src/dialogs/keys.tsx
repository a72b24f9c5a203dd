import { isMac, keys } from '../state/keys.ts'
import { Dialog } from '../ui/dialog.tsx'
import './keys.css'

/** All that can be done with a key. */
export default function Keys({ close }: { close: () => void }) {
	return (
		<Dialog title="Keys" close={close}>
			<dl class="keys">
				{keys.map(({ keys, mac, does }) => (
					<div key={keys}>
						<dt>
							{(isMac ? mac : keys).split(' ').map((key) => (
								<kbd key={key}>{key}</kbd>
							))}
						</dt>
						<dd>{does}</dd>
					</div>
				))}
			</dl>
		</Dialog>
	)
}

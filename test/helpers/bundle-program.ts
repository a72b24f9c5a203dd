import { bundleForNode } from '../../scripts/build/bundle.ts'

/*
 * Run once before all tests: what they start several hundred times is the program bundled as for the binary, one file for
 * each of its threads. Prints where it is.
 */

process.stdout.write(await bundleForNode('.bundled'))

import { bundleForNode } from '../../scripts/build/bundle.ts'

/*
 * Run once before all tests: what they start several hundred times is the program as it is shipped, one file for each of
 * its threads. Prints where it is.
 */

process.stdout.write(await bundleForNode('.bundled'))

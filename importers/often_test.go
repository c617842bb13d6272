//go:build !long

package importers

// often is how many times the rounds of a normal run are done.
const often = 1

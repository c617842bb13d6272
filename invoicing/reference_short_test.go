//go:build !long

package invoicing_test

// longProof is set with -tags long.
const longProof = false

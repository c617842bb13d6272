//go:build long

package invoicing_test

// longProof compares on more than 100,000 requests.
const longProof = true

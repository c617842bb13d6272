//go:build long

package jobs_test

// long lets tests run at their full size.
const long = true

//go:build long

package jobs_test

// longYears lets TestYearsOnALedger run ten years.
const longYears = true

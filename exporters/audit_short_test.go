//go:build !long

package exporters

// auditGroups are groups of 50 decisions; 100,000 decisions are a long proof.
const auditGroups = 200

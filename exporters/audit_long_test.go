//go:build long

package exporters

// auditGroups are groups of 50 decisions: 100,000 in all.
const auditGroups = 2000

package ledger

import "fmt"

// Commit names the last commit: two that differ have another between them. It is
// how who reads for long knows that what was read first is not what was read last.
func (l *Ledger) Commit() (name string, err error) {
	const last = "SELECT (SELECT value FROM meta WHERE name = 'next_segment') || coalesce((SELECT ' ' || n || ' ' || state FROM run ORDER BY n DESC LIMIT 1), '')"
	if err := l.db.QueryRow(last).Scan(&name); err != nil {
		return "", fmt.Errorf("reading the last commit of ledger %s: %w", l.path, err)
	}
	return name, nil
}

package ledger

import "fmt"

// OpenScratch makes a ledger in an empty folder that is thrown away: it is made
// durable by nothing, and its archive is empty.
func OpenScratch(path string) (*Ledger, error) {
	l, err := Open(path)
	if err != nil {
		return nil, err
	}
	l.scratch = true
	l.db.SetMaxOpenConns(1) // a pragma is of one connection
	if _, err := l.db.Exec("PRAGMA synchronous = OFF"); err != nil {
		l.Close()
		return nil, fmt.Errorf("opening ledger %s: %w", path, err)
	}
	return l, nil
}

// BeginScratch gives a file of a scratch ledger its number without keeping it.
func (i *Import) BeginScratch(name string, size int64) (File, error) {
	return i.Begin(name, File{SHA256: fmt.Sprintf("not kept, %d", i.next), Size: size})
}
